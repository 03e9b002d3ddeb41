"""Currencies: the codes of ISO 4217, and the signs and words that can mean only one of them.

This module knows no engine and no file. Codes that were withdrawn are known too: an old order was paid
in one of them.
"""

from __future__ import annotations

_ACTIVE = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF "
    "GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD "
    "LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP "
    "PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP "
    "TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR "
    "XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG"
)
_WITHDRAWN = (
    "ATS AZM BEF BGL BYB BYR CSD CUC CYP DEM EEK ESP FIM FRF GHC GRD HRK IEP ITL LTL LUF LVL MGF MRO MTL MXP MZM NLG "
    "PLZ PTE ROL RUR SDD SIT SKK SLL SRG STD TMM TRL VEB VEF XEU YUM ZMK ZWL"
)
CODES = frozenset(f"{_ACTIVE} {_WITHDRAWN}".split())
"""The codes of ISO 4217."""

MEANT: dict[str, tuple[str, ...]] = {
    "CNY": ("RMB", "CN¥", "CN￥", "人民币", "人民币元", "人民幣", "元", "YUAN"),
    "EUR": ("€", "EURO", "EUROS", "欧元", "歐元"),
    "GBP": ("£", "￡", "英镑", "英鎊"),
    "USD": ("US$", "US＄", "美元", "美金"),
    "HKD": ("HK$", "港币", "港元", "港幣"),
    "TWD": ("NT$", "新台币", "新臺幣", "新台幣"),
    "JPY": ("JP¥", "日元", "日圆", "日圓", "円", "YEN"),
    "KRW": ("₩", "韩元", "韓元"),
    "BRL": ("R$",),
    "AUD": ("A$", "AU$", "澳元"),
    "CAD": ("CA$", "加元"),
    "SGD": ("S$", "新加坡元"),
    "INR": ("₹",),
    "RUB": ("₽", "卢布"),
    "THB": ("฿", "泰铢"),
    "VND": ("₫",),
    "PLN": ("ZŁ",),
    "UAH": ("₴",),
    "ILS": ("₪",),
    "TRY": ("₺",),
}
"""Code → what means it and nothing else, in capital letters."""

AMBIGUOUS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("$", "＄"), ("USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN", "ARS", "CLP", "COP")),
    (("¥", "￥"), ("CNY", "JPY")),
)
"""Signs that several currencies have, and which: only the shop's own currency can tell."""
