"""The words of the section of what goes together, who is due again, and what searches find."""

from __future__ import annotations

from shopkeeper.words import Words

SELLING = Words("What goes together, and what is searched for", "搭配、补货与搜索")
LEAD = Words(
    "{pairs} pairs of products are surely bought together more often than by chance, in {baskets} baskets.",
    "在 {baskets} 笔多件订单中，有 {pairs} 对商品确实比偶然更常同单购买。",
)
COMPLEMENTS_TABLE = Words("What to offer beside a product", "与商品相配的商品")
COMPLEMENTS_NOTE = Words(
    "Shown are the products in most orders; <code>shopkeeper complements --product</code> gives the others, "
    "<code>--cart</code> what goes with a whole cart. Bought together is no proof that offering one sells the other.",
    "列出订单最多的商品；其他商品可用 <code>shopkeeper complements --product</code> 查询，整个购物车用 <code>--cart</code>。"
    "同单购买并不证明推荐其一能带动另一件的销售。",
)
BUNDLES_TABLE = Words("Bundles of two and three", "两件与三件的组合")
DUE_TABLE = Words("Who is due to buy again", "该补货的顾客")
DUE_NOTE = Words(
    "By each customer's own interval; {due} refills are due in all. Whoever does not want personalisation is not listed.",
    "按每位顾客自己的间隔推算；共应补货 {due} 次。不接受个性化的顾客不列出。",
)
SEARCH_TABLE = Words(
    "Common searches that find nothing that may be shown", "常见但搜不到可展示商品的搜索词"
)
SEARCH_NOTE = Words(
    "Of the {queries} commonest searches, {nothing} find nothing.",
    "在最常见的 {queries} 个搜索词中，有 {nothing} 个没有结果。",
)
COLUMN_PRODUCT = Words("Product", "商品")
COLUMN_BESIDE = Words("Beside it, and why", "相配的商品与理由")
COLUMN_BUNDLE = Words("Products", "商品")
COLUMN_BASKETS = Words("Baskets", "同单数")
COLUMN_LIFT = Words("Times chance", "为偶然的倍数")
COLUMN_PRICE = Words("Price together", "标价合计")
COLUMN_CUSTOMER = Words("Customer", "顾客")
COLUMN_LAST = Words("Last bought", "上次购买")
COLUMN_DUE = Words("Due", "应补货")
COLUMN_QUERY = Words("Search", "搜索词")
COLUMN_SEARCHES = Words("Searches", "次数")
