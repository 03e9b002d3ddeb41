"""Settings: the environment wins over the file, the file over the defaults, and mistakes are told."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shopkeeper.errors import SettingsError
from shopkeeper.settings import Privacy, Settings, load_settings, settings_text


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "shop.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "shop.toml") == Settings()


def test_the_file_is_read_and_the_rest_stays(tmp_path: Path) -> None:
    path = written(tmp_path, 'currency = "CNY"\nseed = 7\n[privacy]\nemail = "drop"\n')
    expected = replace(Settings(), currency="CNY", seed=7, privacy=Privacy(email="drop"))
    assert load_settings(path) == expected


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, 'language = "en"\nmemory_limit = "1GB"\n')
    monkeypatch.setenv("SHOPKEEPER_LANG", "zh")
    monkeypatch.setenv("SHOPKEEPER_MEMORY", "3GB")
    settings = load_settings(path)
    assert (settings.language, settings.memory_limit) == ("zh", "3GB")


NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30)
TERMS = st.text(min_size=1, max_size=60).filter(
    lambda term: term.isprintable() and any(character.isalnum() for character in term)
)
ASPECTS = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True),
    st.dictionaries(
        st.sampled_from(["en", "zh", "pt"]),
        st.lists(TERMS, min_size=1, max_size=3).map(tuple),
        min_size=1,
    ),
    max_size=3,
)


@example(
    name='a\x7f"\\b', seed=0, least=1, aspects={}, out={"\x7f", "a\tb", "\x00"},
)  # fmt: skip
@given(
    name=NAMES, seed=st.integers(0, 2**31), least=st.integers(1, 10_000), aspects=ASPECTS,
    out=st.sets(st.text(st.characters(codec="utf-8"), min_size=1).map(str.strip).filter(bool), max_size=5),
)  # fmt: skip
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    seed: int,
    least: int,
    aspects: dict[str, dict[str, tuple[str, ...]]],
    out: set[str],
) -> None:
    settings = Settings(
        name=name, seed=seed, minimum_count=least, language="zh", aspects=aspects,
        opted_out=tuple(sorted(out)), kept_segments=("behaviour",),
    )  # fmt: skip
    path = written(tmp_path_factory.mktemp("toml"), settings_text(settings))
    assert load_settings(path) == settings


@pytest.mark.parametrize(
    ("text", "found", "found_zh"),
    [
        (
            'curency = "CNY"',
            "'curency' is no setting; there are aspects, currency",
            "没有 'curency' 这一项",
        ),
        ('[privacy]\nmail = "hash"', "'mail' is no setting", "没有 'mail' 这一项"),
        ('seed = "seven"', "seed = 'seven' should be of type int", "应为整数"),
        ("minimum_count = true", "minimum_count = True should be of type int", "应为整数"),
        ('language = "fr"', "language is 'fr', not en or zh", "只能是 en 或 zh"),
        ('time_zone = "Mars"', "time_zone 'Mars' is no IANA zone", "'Mars' 不是 IANA 时区"),
        ('[privacy]\nemail = "keep"', "privacy.email is 'keep', not one of hash, drop", "只能是"),
        ('[privacy]\ntext = "hash"', "privacy.text is 'hash', not one of mask, drop", "只能是"),
        ('currency = "yuan"', "currency 'yuan' is no ISO 4217 code", "不是 ISO 4217 币种代码"),
        ('memory_limit = "lots"', "memory_limit 'lots' is no size", "不是大小"),
        ("minimum_count = -5", "minimum_count = -5 is below 1", "小于 1"),
        ("seed = 4294967296", "seed = 4294967296 is above 4294967295", "大于 4294967295"),
        ("privacy = 3", "privacy is no table", "privacy 不是一张表"),
        ("[[privacy]]", "privacy is no table", "privacy 不是一张表"),
        ("max_fit_rows = 0", "max_fit_rows = 0 is below 1", "小于 1"),
        ("seed = ", "Found:", "发现："),
        ("aspects = 3", "aspects is no table", "aspects 不是一张表"),
        ("segments = 3", "segments is no table", "segments 不是一张表"),
        ('opted_out = "C7"', "opted_out should be a list of names", "opted_out 应为名称的列表"),
        ("opted_out = [7]", "opted_out should be a list of names", "opted_out 应为名称的列表"),
        ('opted_out = [" "]', "opted_out should be a list of names", "opted_out 应为名称的列表"),
        ('kept_segments = ["rfm"]', "kept_segments has 'rfm', not behaviour", "只能是 behaviour"),
        (
            '[segments]\nBack = "bought twice"',
            "the segment 'Back' needs a name",
            "分群 'Back' 的名称",
        ),
        ("[segments]\nback = 3", "segments.back needs a sentence", "segments.back 需要一句话"),
        ('[aspects]\nnoise = ["loud"]', "aspects.noise needs terms", "aspects.noise 需要列出词语"),
        ("[aspects.noise]", "aspects.noise needs terms", "aspects.noise 需要列出词语"),
        (
            '[aspects.Noise]\nen = ["loud"]',
            "'Noise' needs a name of small letters",
            "只能用小写字母",
        ),
        (
            '[aspects.noise]\nfr = ["fort"]',
            "aspects.noise.fr is none of en, zh, pt",
            "只能是 en, zh",
        ),
        ('[aspects.noise]\nen = "loud"', "should be a list of 1 to 500 terms", "1 到 500 个词语"),
        ("[aspects.noise]\nen = []", "should be a list of 1 to 500 terms", "1 到 500 个词语"),
        ('[aspects.noise]\nen = ["*"]', "has '*', which is no term", "含有 '*'"),
        ("[aspects.noise]\nen = [3]", "has '3', which is no term", "含有 '3'"),
        (f'[aspects.noise]\nzh = ["{"吵" * 61}"]', "at most 60 characters", "不超过 60 字"),
        (b'name = "\xff"', "Found:", "发现："),
    ],
)
def test_a_value_that_cannot_be_used_is_told(
    tmp_path: Path, text: str | bytes, found: str, found_zh: str
) -> None:
    with pytest.raises(
        SettingsError, match=r"^Asked to read the settings in shop\.toml\."
    ) as raised:
        load_settings(written(tmp_path, text))
    assert found in raised.value.text("en")
    assert found_zh in raised.value.text("zh")
    assert raised.value.do.en.startswith(("Correct that line", "Save it as UTF-8", "Did you mean "))
