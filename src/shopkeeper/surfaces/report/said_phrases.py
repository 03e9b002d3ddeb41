"""The words of the sections of aspects and of topics, in both languages."""

from __future__ import annotations

from shopkeeper.words import Words

# Aspects
ASPECT = Words("What customers speak of", "顾客谈到什么")
ASPECT_LEAD = Words(
    "Of {texts} reviews with a text, {spoken} speak of one aspect or more.",
    "{texts} 条有正文的评价里，{spoken} 条至少谈到一个方面。",
)
ASPECT_MISSING = Words(
    "Not read yet: <code>shopkeeper run</code> finds what reviews with a text speak of.",
    "还没有判读：执行 <code>shopkeeper run</code>，会从有正文的评价里找出顾客谈到的方面。",
)
ASPECT_NONE = Words(
    "No review speaks of an aspect that is known by its words.",
    "没有评价提到能按词语识别的方面。",
)
ASPECT_FIGURE = Words(
    "Reviews that complain of or praise each aspect", "各方面被抱怨与被称赞的评价数"
)
ASPECT_READING = Words(
    "Length: number of reviews, the most complaints first. A review that does both counts as a complaint.",
    "条长为评价数，抱怨最多的在前。同一条评价又夸又怨的算抱怨。",
)
ASPECT_ALT = Words(
    "{title}: most complaints of {first}, {negative} of {reviews}.",
    "{title}：抱怨最多的是{first}，{reviews} 条中有 {negative} 条。",
)
ASPECT_TABLE = Words("How often an aspect is spoken of, and how", "各方面被谈到的多少与好坏")
ASPECT_NOTE = Words(
    "Complaints and praise are shares of the reviews that speak of the aspect; the rest do neither. "
    "Aspects with fewer than {least} reviews are not listed.",
    "抱怨与称赞的比例均以谈到该方面的评价为分母，其余为中性。不足 {least} 条评价的方面不列出。",
)
ASPECT_NOTE_FEW = Words(
    "No aspect has {least} reviews, so no percentage is shown.",
    "没有哪个方面有 {least} 条评价，因此不显示百分比。",
)
ASPECT_AGREES = Words(
    "How far to trust this: on {rows} reviews of a single clause, the reading agrees with the stars in {ours}; "
    "always saying the commonest agrees in {simple}.",
    "可信程度：在只有一个分句的 {rows} 条评价上，判读与星级一致的占 {ours}；一律猜最常见的一类则为 {simple}。",
)
ASPECT_DETAIL = Words(
    "{negative} of {reviews} reviews that speak of it complain: {share}.",
    "谈到它的 {reviews} 条评价中 {negative} 条抱怨，占 {share}。",
)
ASPECT_AT = Words(
    "Clearly more than in the whole shop: {products}.", "抱怨明显多于全店的商品：{products}。"
)
ASPECT_AT_PRODUCT = Words("{part} of {whole} at {product}", "{product} {whole} 条中 {part} 条")
ASPECT_POLARITIES = {
    "negative": Words("Complaint", "抱怨"),
    "neutral": Words("Neither", "中性"),
    "positive": Words("Praise", "称赞"),
}
COLUMN_ASPECT = Words("Aspect", "方面")
COLUMN_SPOKEN = Words("Reviews", "评价数")
COLUMN_OF_ALL = Words("Of reviews with a text", "在有文字评价中的占比")
COLUMN_COMPLAIN = Words("Complain", "抱怨占比")
COLUMN_PRAISE = Words("Praise", "称赞占比")
DO_ASPECTS = Words("Fix what these products are blamed for", "改进这些商品被集中抱怨的地方")
DO_ASPECTS_WHY = Words(
    "Customers complain of it clearly more than in the whole shop:",
    "顾客的抱怨明显多于全店：",
)
DO_ASPECT = Words(
    "{product}, {aspect}: {part} of {whole} reviews that speak of it complain",
    "{product}的{aspect}：谈到它的 {whole} 条评价中 {part} 条抱怨",
)

# Topics
TOPIC = Words("What is new and what has changed", "新话题与变化")
TOPIC_LEAD = Words(
    "Of {texts} reviews with a text, {grouped} fall into topics ({topics} in all), each named by its most telling words.",
    "{texts} 条有正文的评价中，{grouped} 条归入 {topics} 个话题，以最有区分度的词命名。",
)
TOPIC_MISSING = Words(
    "Not read yet: <code>shopkeeper run</code> sorts reviews into topics where a language has enough "
    "different texts.",
    "还没有归纳：某种语言有足够多不同的正文时，执行 <code>shopkeeper run</code> 会把评价归成话题。",
)
TOPIC_NONE = Words(
    "No topic has enough reviews to stand on its own.", "没有哪个话题的评价多到可以单列。"
)
TOPIC_NONE_NEW = Words(
    "No topic is new in the newest seven days ({reviews} reviews).",
    "最近七天（{reviews} 条评价）没有新话题。",
)
TOPIC_FEW = Words(
    "Reviews of the newest seven days: {reviews}, too few to say what is new (at least {least}).",
    "最近七天只有 {reviews} 条评价，不足 {least} 条，因此不判断新话题。",
)
TOPIC_UNDATED = Words(
    "The reviews have no dates, so what is new or has changed is not known.",
    "评价没有日期，看不出哪些是新的、哪些有变化。",
)
TOPIC_STEADY = Words(
    "No topic has changed its share more than chance explains.", "没有哪个话题的占比变化超出偶然。"
)
TOPIC_NEW = Words("New this week: {name}", "本周新话题：{name}")
TOPIC_RISEN = Words("Risen: {name}", "变多：{name}")
TOPIC_FALLEN = Words("Fallen: {name}", "变少：{name}")
TOPIC_WORST = Words("Much complained of: {name}", "差评集中：{name}")
TOPIC_OFTEN = Words("Often spoken of: {name}", "谈得多：{name}")
TOPIC_SIZE = Words("{texts} reviews, {share} of all", "{texts} 条评价，占全部的 {share}")
TOPIC_WEEK = Words(
    "{texts} in the newest seven days, {now} of their reviews; before, {before}",
    "最近七天 {texts} 条，占当周评价的 {now}；此前为 {before}",
)
TOPIC_CHANGE = Words(
    "since {day} it has been {since} of the reviews, until then {until}",
    "自 {day} 起占评价的 {since}，此前为 {until}",
)
TOPIC_NEGATIVE = Words("{share} of them negative", "其中差评占 {share}")
TOPIC_AT = Words(
    "Spoken of more than chance explains: {products}.", "谈得明显偏多的商品：{products}。"
)
TOPIC_AT_PRODUCT = Words("{part} reviews of {product}", "{product} {part} 条")
TOPIC_STOP = Words("; ", "；")
TOPIC_END = Words(".", "。")
TOPIC_TABLE = Words("All topics", "全部话题")
TOPIC_TABLE_SOME = Words("The first topics", "居前的话题")
TOPIC_NOTE = Words(
    "New ones first, then those that have risen and fallen, then by size. Trend: share of the reviews by week, "
    "each line to its own scale; the vertical line is the change.",
    "新话题在前，其次是变多与变少的，再按评价数排列。走势为每周占比，各自按自己的尺度画；竖线为变化的时间。",
)
TOPIC_NOTE_PLAIN = Words("The largest first.", "按评价数从多到少排列。")
TOPIC_NOTE_SHOWN = Words("{shown} of {all} are shown.", "列出 {shown} 个，共 {all} 个。")
TOPIC_SINCE = Words("{until} → {since}", "{until} → {since}")
COLUMN_TOPIC = Words("Topic", "话题")
COLUMN_TEXTS = Words("Reviews", "评价数")
COLUMN_TREND = Words("Trend", "走势")
COLUMN_CHANGE = Words("Change", "变化")
COLUMN_NEGATIVE = Words("Negative share", "差评占比")
MARK_NEW = Words("new", "新")
DO_TOPIC = Words("Look at what is new this week: {topic}", "看看本周的新话题：{topic}")
DO_TOPIC_WHY = Words(
    "{texts} reviews in the newest seven days; {share} of the topic's reviews are negative, in the whole shop "
    "{overall}.",
    "最近七天 {texts} 条评价；该话题的差评占 {share}，全店为 {overall}。",
)
