"""The words of the command line itself, in both languages.

The English line of a command or option comes from its docstring; the Chinese one stands here, and a
test fails when one is missing. What the values of an option are called stands in `choices`.
"""

from __future__ import annotations

from collections.abc import Sequence

from shopkeeper.data.store import REFUSALS
from shopkeeper.errors import ShopkeeperError, StoppedError, StorageError
from shopkeeper.surfaces.verbs import BY_NAME
from shopkeeper.words import Words

USAGE = Words("Usage: ", "用法：")
OPTIONS = Words("Options", "选项")
COMMANDS = Words("Commands", "命令")
DEFAULT = Words(" [default: {}]", "［默认：{}］")
REQUIRED = Words(" [required]", "［必填］")
HELP = Words("Show this message and exit.", "显示本说明后退出。")
VERSION = Words("Show the version and exit.", "显示版本后退出。")
LANG = Words(
    "Language of messages and answers; by default SHOPKEEPER_LANG, the shop's, or the system's.",
    "消息与结果的语言；默认依次取 SHOPKEEPER_LANG、店铺设置、系统语言。",
)
JSON = Words(
    "Print one JSON document to standard output; logs go to standard error.",
    "向标准输出打印一个 JSON 文档；日志写到标准错误。",
)
ROWS = Words(
    "Rows of each table at the most (20 on a terminal, 1,000 in JSON).",
    "每张表最多显示的行数（终端 20 行，JSON 1,000 行）。",
)
INTO = Words("The shop's folder; made when it is not there.", "店铺文件夹；不存在时自动建立。")
PROGRAM = Words(
    "Hear what customers say, see what they do, know what to do next.",
    "掌柜：听懂顾客说的，看清顾客做的，告诉你下一步做什么。",
)
KINDS = {
    "INTEGER": Words("INTEGER", "整数"),
    "INTEGER RANGE": Words("INTEGER", "整数"),
    "FLOAT": Words("NUMBER", "数字"),
    "TEXT": Words("TEXT", "文字"),
    "PATH": Words("PATH", "路径"),
}
"""What click calls the kinds of values, and what help calls them."""

PLACES = {
    "SHOP": "店铺文件夹",
    "FOLDER": "文件夹",
    "EXPORTS...": "导出的文件或文件夹",
}
"""What the arguments of commands stand for, in Chinese."""

_MOST_SKIPPED = 8
NOTHING_NEW = Words("The shop is unchanged.", "店铺未变。")
NOTHING_CHANGED = Words(
    "Nothing has changed since the last run; nothing was done.",
    "自上次运行以来没有变化，无需重做。",
)
NOTHING_POSSIBLE = Words(
    "No question can be answered with the data that is there.", "现有数据还不足以回答任何问题。"
)
INTERRUPTED = Words("Interrupted; the shop is as it was.", "已中断；店铺保持原样。")
INTERRUPTED_AT: dict[str, Words] = {
    "run": Words(
        "Interrupted; what had been finished is kept, all else is as it was.",
        "已中断；已完成的分析已保存，其余保持原样。",
    ),
    "demo": Words("Interrupted; the demo shop is not complete.", "已中断；演示店铺不完整。"),
}
IMPORT_COLUMNS = (
    Words("file", "文件"),
    Words("what it is", "内容"),
    Words("rows read", "读取行数"),
    Words("kept", "保留"),
    Words("duplicates", "重复"),
    Words("rejected", "未导入"),
    Words("outcome", "结果"),
)
RUN_COLUMNS = (
    Words("verb", "分析"),
    Words("outcome", "结果"),
    Words("why", "原因"),
    Words("what would enable it", "如何启用"),
)
OUTCOMES: dict[str, Words] = {
    "imported": Words("imported", "已导入"),
    "unchanged": Words("unchanged", "无变化"),
    "unusable": Words("nothing usable", "没有可用的行"),
    "unrecognised": Words("not recognised", "无法识别"),
    "failed": Words("failed", "失败"),
    "answered": Words("answered", "已完成"),
    "skipped": Words("skipped", "已跳过"),
}

CHINESE: dict[str, str] = {
    # commands
    "import": "导入平台导出的文件；每个文件来自哪个平台由表头识别。",
    "check": "列出店铺里有什么、修正了什么、哪些行没能导入及原因、会影响哪些数字。",
    "run": "执行所有数据齐备的分析；没有变化的不重做，跳过的说明缺什么。",
    "report": "写出一份不依赖网络的 HTML 报告。",
    "demo": "生成演示店铺：平台导出文件，以及另存的真实答案。",
    "serve": "以网页和 HTTP 接口提供全部分析，按 Ctrl-C 结束；接口用法见 /openapi.json。",
    "mcp": "把全部分析作为工具提供给 AI 助手（模型上下文协议 MCP）。",
    "user": "为 serve 的网页创建用户、更改密码、移除用户，或列出用户。",
    "token": "为 serve 创建令牌（只显示一次）、撤销令牌，或列出令牌。",
    "overview": "按时期回答店铺的经营指标。",
    "funnel": "逐步查看转化：每一步有多少人继续，在哪里流失。",
    "retention": "按首次下单或来访的周期，看顾客后来是否回来、累计带来多少净额。",
    "lifetime-value": "估计每位顾客未来会买几次、花多少，并用留出的最近一段时间检验。",
    "churn": "按每位顾客自己的节奏，看谁该来没来、谁可能流失，并用留出的一段时间检验。",
    "profile": "为每个分群或一位顾客写名片：买什么、何时买、什么价位、夸什么怨什么、下一步做什么。",
    "segment": "按消费（RFM）、行为或所购商品给顾客分群，也可用一句话圈选，并给出看得见的规则。",
    "sessions": "查看会话的时长、深度、跳出率，以及各入口和设备的下单比例。",
    "searches": "查看顾客搜什么、搜到什么、之后是否下单，以及店里没有的。",
    "baskets": "看哪些商品常一起买、哪些互相替代，并与偶然相比。",
    "explain-change": "解释指标在两个时期之间为何变化，账目精确到分。",
    "paths": "查看访客走过的路径：哪一步之后是哪一步，何处进入、离开、重复。",
    "review-sentiment": "判断每条评价是负面、中性还是正面。",
    "review-aspects": "找出每条评价谈到的方面及其褒贬，并引用原文。",
    "sentiment-effect": "比较不同情感的评价对应的销售、转化、退货、复购与配送。",
    "review-topics": "归纳文本在谈论什么、本周有何新话题、哪些话题从何时起变化。",
    "recommend": "给每位顾客推荐商品，每件都说明对得分贡献最大的理由。",
    "recommend-everyone": "把每位顾客的推荐写成一个 Parquet 文件。",
    "similar-products": "找出与一件商品相近或前后相连的商品，每件都说明理由。",
    "judge-recommendations": "用最近一段时间检验推荐的效果，并说明展示了哪些商品、给了谁。",
    "complements": "找出与商品或购物车相配的商品、值得推出的组合，以及哪些顾客该补货了。",
    "search-products": "按词语、写法与含义搜索商品，每件都说明与搜索词的相符之处。",
    "compare-methods": "比较各种读取评价的方法在不同标注数下的效果、速度与费用，说明该用哪种。",
    # options
    "mapping": "列映射（TOML），用于无法识别的文件。",
    "again": "即使数据没有变化也重新计算。",
    "output": "报告文件；默认写在店铺文件夹里的 report.html。",
    "customers": "顾客数，2,000 到 1,000,000。",
    "events": "站内行为事件的大约数目；未给出时每位顾客 40 个。",
    "seed": "随机种子；未给出时用店铺设置里的种子。",
    "demo seed": "随机种子；相同的种子得到相同的店铺。",
    "transport": "助手的连接方式：stdio（由助手启动本命令）或 http（地址以 /mcp 结尾）。",
    "work": "是否计算尚未保存的结果。",
    "long": "是否提供全部分析：包括耗时数分钟的，以及平时不列出的会话概况与访客路径（工具不足二十个时助手选得更准）。",
    "host": "监听的地址；除本机外都需要令牌。",
    "port": "监听的端口；0 表示任选空闲端口。",
    "rate": "每个令牌或地址每秒最多的请求数，0 表示不限；未给出时，需要令牌则为 50，否则不限。",
    "jobs": "同时计算的耗时分析数。",
    "name": "要创建的令牌名称；不给出、也不带 --revoke 时列出令牌。",
    "scope": "令牌的权限：read 读取已有结果，act 还可提交计算，admin 还可查看和取消所有人的任务。",
    "days": "多少天后失效，1 到 36,500；未给出时长期有效。",
    "revoke": "要撤销的令牌名称。",
    "user name": "要创建或更改的用户名；不给出、也不带 --remove 时列出用户。",
    "user scope": "用户的权限：read 查看已有结果，act 还可提交计算，admin 还可查看和取消所有人的任务。",
    "remove": "要移除的用户名。",
    "horizon_days": "预测未来多少天，7 到 1,825。",
    "currency": "只计入该币种的订单；留空则取订单最多的币种。",
    "covariates": "首单起就知道的属性，以逗号分隔：channel 渠道、category 类目、discount 优惠、country 国家、region 省/州、city 城市；"
    "复购与流失的快慢随之不同。",
    "lifetime-value opted_out": "不得画像的顾客编号，以逗号分隔；连同 shop.toml 里列出的，完全排除在外。",
    "lifetime-value minimum_count": "一组至少的顾客数，低于此数不给出均值；未给出时用店铺设置。",
    "sessions minimum_count": "会话数低于此数的不显示数值；未给出时用店铺设置。",
    "intents": "意图分组数上限，2 到 200。",
    "searches method": "ngrams 看词与字及点击商品的标题，encoder 另用 BERT 编码器读英文（需安装 encoder 附加包）。",
    "searches minimum_count": "搜索次数低于此数的不显示占比；未给出时用店铺设置。",
    "by": "订单里看什么。",
    "baskets minimum_count": "一件商品至少的订单数，低于此数的不看；未给出时用店铺设置。",
    "metric": "要解释的指标。",
    "before": "前一期：月份（2025-03）、ISO 周（2025-W10）、某一天，或起止两天（2025-03-01..2025-03-09）；留空为再前一期。",
    "after": "后一期，写法同上；留空为最近一个完整的月份。",
    "explain-change by": "拆分维度，最多四个，以逗号分隔：channel、device、region、country、category、brand、product_id；"
    "留空为渠道、设备、类目与商品。",
    "explain-change minimum_count": "商品至少的件数，低于此数的不说价格与停售；未给出时用店铺设置。",
    "paths minimum_count": "计数低于此数的不显示占比；未给出时用店铺设置。",
    "retention segment": "只看某个分群的顾客，并与其余顾客比较：写作“集合:分群”，如 rfm:loyal；或某个漏斗的流失顾客，"
    "如“funnel_lost(浏览 > 加购 > 下单):加购”；留空为全部。",
    "retention by": "按顾客起点的哪个属性分开看：channel 渠道、country 国家、region 省/州、city 城市，来访还可用 device 设备。",
    "steps": "事件名，以逗号分隔，也可写“浏览,加购,下单”；留空则取店里有的浏览、加购、结账、下单。",
    "order": "各步是否要依次发生（每一步不早于上一步）。",
    "per": "谁的事件算在一起。",
    "window_hours": "算在一起的事件，首尾最多相隔的小时数。",
    "cohort": "要与其余人比较的属性和取值，如 device=mobile|tablet；或分群，如 segment=rfm:loyal，"
    "或某个漏斗的流失顾客，如“segment=funnel_lost(浏览 > 加购 > 下单):加购”。",
    "breakdown": "要拆分的属性，以逗号分隔：channel、device、product_id、category、brand、city、region、country。",
    "since": "从什么算起。",
    "returning": "怎样算回来。",
    "retention period": "一期的长度（自然月或 ISO 周）。",
    "retention minimum_count": "首期顾客数低于此数的群体不显示，至少 20；未给出时用店铺设置。",
    "period": "一期的长度（自然月、ISO 周或日）。",
    "method": "读法：majority 一律取最常见的一类，ngrams 数词与字的片段，"
    "encoder 微调 BERT 编码器（英文，需安装 encoder 附加包），"
    "cascade 先由编码器教出的 n-gram 模型读，没有把握的再交给编码器。",
    "encoder": "method 为 encoder 或 cascade 时改用的编码器：文件夹或 hub 名；留空则用 MiniLM。",
    "churn horizon_days": "多少天内不买算流失，7 到 730；0 表示取数据天数的四分之一，最多 90。",
    "churn opted_out": "不得画像的顾客编号，以逗号分隔；连同 shop.toml 里列出的，完全排除在外。",
    "churn minimum_count": "一组至少的顾客数，低于此数不给出比例；未给出时用店铺设置。",
    "profile customer": "顾客编号；给出时只写这位顾客的名片。",
    "profile segment": "只写某个分群的名片：写作“集合:分群”，如 rfm:loyal；或某个漏斗的流失顾客，"
    "如“funnel_lost(浏览 > 加购 > 下单):加购”。",
    "profile method": "分群方法：rfm、behaviour 或 embedding，与 segment 相同。",
    "profile opted_out": "不得画像的顾客编号，以逗号分隔；连同 shop.toml 里列出的，完全排除在外。",
    "profile minimum_count": "少于此数的分群不写名片，至少 20；未给出时用店铺设置。",
    "profile seed": "起点与抽样的随机种子；未给出时用店铺设置里的种子。",
    "segment method": "分群方法：rfm 看最近购买、频次与金额，behaviour 看类目、价格、优惠、退货、评价、来访与节奏，"
    "embedding 看所购商品的名称。",
    "sentence": "用一句话圈选，如“三个月没买、以前买过两次以上的老客”；此时按读出的规则分群。",
    "segments": "分群数，2 到 12；0 表示由数据决定（rfm 固定八个）。",
    "segment opted_out": "不得画像的顾客编号，以逗号分隔；连同 shop.toml 里列出的，完全排除在外。",
    "segment minimum_count": "少于此数的分群不给数字，至少 20；未给出时用店铺设置。",
    "segment seed": "起点与抽样的随机种子；未给出时用店铺设置里的种子。",
    "review-aspects method": "判断分句褒贬的方法：words 只看观点词表，learned 还从本店带星级的评价学习。",
    "accuracy": "不弃权的评价应达到的准确率，0（从不弃权）到 1。",
    "source": "哪些文本。",
    "topics": "话题数上限（不含新话题），按各语言的文本数分配，2 到 200。",
    "review-topics method": "向量的来源：ngrams 数词与字并找出常一起出现的，"
    "encoder 用 BERT 编码器读英文（需安装 encoder 附加包），其他语言同 ngrams。",
    "review-topics minimum_count": "一个话题至少的文本数（新话题除外）；低于此数不显示百分比；"
    "未给出时用店铺设置。",
    "review-topics seed": "检验变化时的随机种子；未给出时用店铺设置里的种子。",
    "recommend customers": "顾客编号，以逗号分隔；留空则列出接触商品最多的 1,000 位。未知顾客推荐热门商品。",
    "given": "一次访问中看过的商品编号，以逗号分隔，先看的在前；用于没有历史的访客。",
    "k": "每位顾客推荐的件数，1 到 1,000。",
    "recommend method": "排序方法：transitions 看历史商品之后常出现什么，"
    "routed 按历史长短选用检验效果最好的方法（含树模型，较慢），similar 看类目、品牌与标题，"
    "last_item 只看最新一件之后出现什么，popular 看接触过的顾客数。",
    "opted_out": "不作个性化推荐的顾客编号，以逗号分隔：不按其历史推荐，都给相同的热门商品（其行为仍计入整体统计）；"
    "`*` 表示所有人，未指定顾客时只给一份。",
    "exclude": "不展示的商品编号，以逗号分隔。",
    "complements product": "商品编号，以逗号分隔，每件一份列表；留空则列出订单最多的 1,000 件。",
    "cart": "一个购物车里的商品编号，以逗号分隔：给出一份与全部商品相配的列表；空购物车给热门商品。",
    "complements k": "每份列出的件数，1 到 1,000。",
    "complements method": "排序方法：together 看同单购买，popular 看含该商品的订单数。",
    "complements opted_out": "不得使用其行为的顾客编号，以逗号分隔；`*` 表示所有人。",
    "complements seed": "抽样与区间的随机种子；未给出时用店铺设置里的种子。",
    "query": "搜索词；留空则回答本店最常见的 50 个搜索词。",
    "search-products k": "每个搜索词列出的件数，1 到 1,000。",
    "search-products method": "排序方法：hybrid 兼看词语、写法与含义，keyword 只用 BM25，meaning 只看含义是否相近。",
    "category": "只要这个类目的商品。",
    "brand": "只要这个品牌的商品。",
    "price_min": "只要不低于此价的商品。",
    "price_max": "只要不高于此价的商品。",
    "in_stock": "只要确知有库存的商品。",
    "search-products opted_out": "不得使用其行为的顾客编号，以逗号分隔；`*` 表示所有人。",
    "search-products seed": "抽样与区间的随机种子；未给出时用店铺设置里的种子。",
    "channel": "展示所在的渠道：只展示店铺规则允许该渠道展示的类目；留空为全部类目。",
    "customer": "看到列表的顾客，用于「已购买、已浏览、已在购物车」等规则。",
    "similar-products opted_out": "不得使用其行为的顾客编号，以逗号分隔；`*` 表示所有人。",
    "recommend seed": "抽样、树模型与区间的随机种子；未给出时用店铺设置里的种子。",
    "product": "商品编号，以逗号分隔；留空则列出接触顾客最多的 1,000 件。无人接触过但在商品表中的也可以。",
    "recommend-everyone output": "要写入的 Parquet 文件。",
    "recommend-everyone k": "每位顾客的件数，1 到 1,000。",
    "judge-recommendations days": "留出最近多少天用于检验，1 到 365。",
    "log": "这些天的展示记录（CSV 或 Parquet），每行一次展示：customer_id、product_id、"
    "propensity（当时被选中的概率）与 reward（收益）；有它才能估计各方法的收益。",
    "judge-recommendations seed": "抽样与区间的随机种子；未给出时用店铺设置里的种子。",
    "processes": "同时工作的进程数，1 到 64。",
    "similar-products k": "每件商品列出的件数，1 到 1,000。",
    "similar-products method": "排序方法：combined 兼看前后关系与相似，transitions 只看前后关系，"
    "similar 只看类目、品牌与标题，popular 看同类目中接触过的顾客数。",
    "similar-products seed": "抽样与区间的随机种子；未给出时用店铺设置里的种子。",
    "methods": "方法名，以逗号分隔：majority、ngrams、embeddings、few_shot、fine_tuned、llm；"
    "留空则用此处可用的全部方法。",
    "compare-methods encoder": "改用的编码器：文件夹或 hub 名；留空则用 MiniLM。",
    "held_out": "最多用多少条留出评价；越多区间越窄，也越慢。",
    "hour_price": "本机一小时的价格，币种不限。",
    "token_price": "被提示的大语言模型每百万词元的价格，币种与上相同。",
    "minimum_count": "低于此数不显示百分比；未给出时用店铺设置。",
}


def verb_name(verb: str) -> Words:
    """Return what a verb is called in a list: its name, in Chinese beside its title."""
    title, typed = BY_NAME[verb].title.zh, verb.replace("_", "-")
    return Words(verb, f"{title}（{typed}）")


def unforeseen(error: Exception, doing: str) -> ShopkeeperError:
    """Return the message for an exception that no part of the program expected.

    Parameters
    ----------
    error
        The exception; its own text is left out, for it may hold a customer's cell.
    doing
        The command or verb at work.
    """
    asked, name = Words(f"Asked: {doing}.", f"要执行：{doing}。"), type(error).__name__
    if isinstance(error, MemoryError) or name == "OutOfMemoryException":
        return ShopkeeperError(
            asked,
            Words("There was not enough memory.", "内存不足。"),
            Words(
                "Raise memory_limit in shop.toml (or SHOPKEEPER_MEMORY=4GB), or import less at once.",
                "请调高 shop.toml 里的 memory_limit（或设 SHOPKEEPER_MEMORY=4GB），或分批导入。",
            ),
        )
    if isinstance(error, OSError) and error.errno:
        return _refused_by_system(asked, error)
    return ShopkeeperError(
        asked,
        Words(
            f"This is a defect in shopkeeper ({name}).", f"这是 shopkeeper 自身的缺陷（{name}）。"
        ),
        Words(
            "The data is as it was; run it with SHOPKEEPER_DEBUG=1 and report what it prints, less what is of your shop.",
            "数据没有改动；请设 SHOPKEEPER_DEBUG=1 重新运行，删去其中属于店铺的内容后报告。",
        ),
    )


def _refused_by_system(asked: Words, error: OSError) -> StorageError:
    """Return the message for a file, folder or disk that the system would not give."""
    where = f"{error.filename}" if error.filename else ""
    return StorageError(
        asked,
        Words(
            f"The system refused {where or 'a file'}: {error.strerror}.",
            f"系统拒绝了对{f' {where} ' if where else '文件'}的访问：{REFUSALS.get(error.errno or 0, error.strerror)}。",
        ),
        Words(
            "See that this file or folder is there and may be read and written, then run again.",
            "请确认该文件或文件夹存在且可以读写，然后重新运行。",
        ),
    )


def stopped(command: str) -> StoppedError:
    """Return what to tell a user who stopped a command."""
    return StoppedError(
        Words(f"Asked: {command}.", f"要执行：{command}。"),
        INTERRUPTED_AT.get(command, INTERRUPTED),
        Words("Run the command again to finish it.", "要继续，请重新运行该命令。"),
    )


def skipped(names: Sequence[str]) -> Words:
    """Return what is said of files and folders that lie beside the data and were not looked at."""
    shown = names[:_MOST_SKIPPED]
    more = len(names) - len(shown)
    en, zh = ", ".join(shown), "、".join(shown)
    return Words(
        f"Not looked at: {en}{f' and {more:,} more' if more else ''}. Unpack archives, and name folders to import what is in them.",
        f"未查看：{zh}{f' 等共 {len(names):,} 项' if more else ''}。压缩包请先解压，子文件夹请单独指定。",
    )
