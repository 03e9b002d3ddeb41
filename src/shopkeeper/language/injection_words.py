"""The wordings that the screen for prompt injection looks for, over folded text.

Each entry has a kind, a hint that is searched first because it is cheap, and the pattern. Nothing
here may need more than a bounded look ahead: every repetition has an end.
"""

from __future__ import annotations

import re

_ORDERS = (
    r"(?:system (?:prompts?|messages?|instructions?|rules?)|instructions?|prompts?|directives?|guidelines?"
    r"|programming|guardrails|safety (?:rules?|policies|restrictions|filters?|measures)|orders given"
    r"|(?:system |safety )?rules|policies|restrictions|commands?)"
)
# A manual, a label and a box have instructions too.
_OF_GOODS = r"(?! ?(?:in|on|of|from|inside|for|about|that came|which came|printed)\b)(?! above the)(?! (?:manual|booklet|leaflet|sheet|video))"
_EARLIER = (
    r"(?:previous|prior|above|earlier|preceding|former|foregoing|original|initial|existing|past)"
)
_DROP = (
    r"(?:ignore|disregard|forget|override|bypass|circumvent|discard|do not (?:follow|obey|comply with)|don't (?:follow|obey)"
    r"|stop (?:following|obeying)|never mind|skip)"
)
# Told, not asked: "I ignored", "the instructions say to ignore" and "he had to disregard" tell.
_TOLD = r"(?<!had to )(?<!say to )(?<!says to )(?<!can i )(?<!i )(?<!we )(?<!they )(?<!people )"

_ZH_ORDERS = "(?:指令|指示(?!灯)|提示词?(?!音|灯)|系统设定|设定|系统消息|规则|规定|要求|命令|限制(?!级)|约束|安全策略|安全限制)"
_ZH_EARLIER = "(?:之前|先前|以上|上面|上述|前面|此前|原有|原来|原先|所有|全部|一切|你的|你之前|系统|安全|任何)"
_ZH_DROP = "(?:忽略|无视|忘记|忘掉|抛弃|放弃|绕过|跳过|覆盖|取消|推翻|违反|不(?:要|用|必|需要?)(?:再)?(?:遵守|遵循|理会|管|听从|执行)|别再?(?:遵守|遵循|理会|管|听从)|停止(?:执行|遵守|遵循))"

_AI = r"(?:ai|a\.i\.|bot|chat ?bot|assistant|language model|llm|model|gpt|agent|dan|shell|terminal|hacker|root|admin(?:istrator)?|developer|system|interpreter|unrestricted|shop owner|store owner|uncensored|unfiltered)"
_ZH_AI = "(?:ai|人工智能|模型|助手|机器人|智能体|管理员|超级管理员|系统|黑客|后台|开发者|dan|终端|客服|没有(?:任何)?(?:道德)?限制|不受限制|无限制)"
_HIDDEN = (
    r"(?:system prompts?|system messages?|system instructions?|(?:your|hidden|secret|initial|original|internal|exact|full|the) "
    r"(?:hidden |secret |initial |original |internal |exact |full |system |own )?(?:prompt|instructions?|system prompt|guidelines|configuration|rules)"
    r"|(?:your|the) (?:api key|credentials|training data))"
)
_TELL = r"(?:reveal|show(?: me)?|print(?: out)?|repeat|output|tell me|display|leak|give me|write out|list|dump|expose|share|recite|what (?:is|are|was|were))"
_ZH_TELL = (
    "(?:输出|打印出?|告诉我|显示|展示|泄露|透露|复述|重复|公开|列出|说出|写出|翻译|给我看|发给我)"
)
_ZH_HIDDEN = "(?:系统提示词?|提示词|系统指令|初始(?:设定|指令|提示)|隐藏的?(?:提示|指令)|内部(?:规则|指令|设定)|(?:你|收到)的?(?:全部|所有)?(?:指令|提示词?|设定))"
_GOOD = r"(?:positive|negative|neutral|5[- ]?stars?|five[- ]stars?|a 5|perfect|excellent|approved|genuine|not spam|safe|spam)"
_ZH_GOOD = "(?:好评|差评|正面|负面|积极|消极|中性|五星|满分|通过|非常满意|真实|安全)"
_AUDIENCE = r"(?:ai|assistant|llm|language model|model|chatbot|gpt|bot)s?"


def _worded(kind: str, hint: str, pattern: str) -> tuple[str, re.Pattern[str], re.Pattern[str]]:
    return kind, re.compile(hint), re.compile(pattern)


PATTERNS = (
    _worded(
        "override",
        r"instruct|prompt|rule|guideline|directive|programming|policies|restriction|guardrail|system message|told|command",
        rf"{_TOLD}\b{_DROP} (?:(?:all|any|every|each|of|the|your|these|those|my|everything|to|earlier|given) ){{0,4}}"
        rf"(?:{_EARLIER} (?:system |safety )?{_ORDERS}|(?<=all ){_ORDERS}|(?<=your ){_ORDERS}|(?<=your ){_EARLIER} {_ORDERS}"
        rf"|system (?:prompt|message|instruction)s?|instructions? (?:given|you were given|from (?:the )?(?:developer|system|user)))"
        rf"{_OF_GOODS}"
        rf"|{_TOLD}\b(?:ignore|disregard|forget) (?:everything|anything|all|what) (?:that )?(?:you (?:were|have been|'ve been) (?:told|given|instructed|taught)|(?:i|we|they) (?:said|told you)|(?:was )?(?:said|written) (?:above|before))"
        rf"|\b(?:your|all|the) {_EARLIER} {_ORDERS} (?:are|is) (?:now )?(?:void|cancelled|canceled|obsolete|invalid|revoked|suspended|no longer)"
        rf"|\b(?:overrid(?:es?|ing)|supersedes?|takes? precedence over) (?:all |any |your |the ){{0,2}}{_EARLIER} {_ORDERS}"
        rf"|\bnew (?:system )?(?:instructions?|task|prompt|rules?)[:：] ?(?:you|ignore|from|always|only|write|say|output|reply|respond)",
    ),
    _worded(
        "override",
        "忽略|无视|忘记|忘掉|抛弃|放弃|绕过|跳过|覆盖|取消|推翻|违反|不|别|停止|作废|失效|优先|无效",
        f"{_ZH_DROP}(?:掉|了)?(?:你|您|它)?(?:的)?(?:{_ZH_EARLIER}|给你|收到|给出|你|的|和|过|到){{1,6}}{_ZH_ORDERS}(?!书)"
        f"|{_ZH_DROP}(?:之前|先前|前面|当前)的?任务[,，]?(?:改为|改成|转而)"
        f"|(?:之前|先前|以上|上面|前面|此前|原有|所有)的?(?:所有|全部|系统)?的?(?:指令|提示词?|系统(?:指令|提示|设定)|命令)(?:全部|都|已经?|均|现在|统统){{0,3}}(?:作废|失效|无效|取消)"
        f"|优先于(?:所有|一切|之前|以上|任何|的){{1,4}}(?:指令|提示|规则|设定)",
    ),
    _worded(
        "role",
        r"you are|you're|act as|pretend|mode|from now|you (?:must|will|shall|should)|roleplay|role-play|jailbreak",
        rf"\byou(?: are|'re) (?:now |no longer |hereby |henceforth )+(?:(?:a|an|the|my|in|called|named|acting|as) ){{0,3}}(?:[a-z-]{{1,20}} ){{0,3}}?{_AI}\b"
        rf"|\bfrom now on,? you(?: are|'re| will| must| shall)? (?:be|act|behave|respond|answer|speak|operate|only|an?|the|as|unrestricted)\b(?!.{{0,20}}(?:customer|favou?rite)).{{0,60}}?\b(?:{_AI}|limits?|rules|restrictions?|policy|policies)\b"
        rf"|(?:^|[.!?,:;\n] ?|please |now |must |should )act (?:now )?(?:as|like) (?:if you (?:were|are) )?(?:a |an |the |my )?(?:[a-z-]{{1,20}} ){{0,2}}?{_AI}\b"
        rf"|(?:^|[.!?,:;\n] ?|please |now )pretend (?:to be|you are|you're|that you are) (?:a |an |the |my )?(?:[a-z-]{{1,20}} ){{0,2}}?{_AI}\b"
        r"|\b(?:enter|enable|activate|switch (?:in)?to|turn on|go into) (?:the )?(?:developer|dev|debug|god|dan|jailbreak|jailbroken|admin|root|unrestricted|sudo) mode\b(?! on (?:the|my|your) (?:phone|tv|watch|tablet))"
        rf"|\byou must (?:now )?act as (?:a |an )?{_AI}",
    ),
    _worded(
        "role",
        "你|您|扮演|假装|假设|模式",
        f"(?:从?现在(?:起|开始)?|今后|接下来|此刻)[,，]?(?:你|您)(?:就)?(?:是|扮演|要?作为|将?(?:作为|扮演)|必须(?:是|扮演))(?:一个|一名|一位)?[^,，。!！\\n]{{0,10}}?{_ZH_AI}"
        f"|(?:你|您)(?:现在|将|就|已经)(?:是|作为|扮演|变成)(?:一个|一名|一位)?[^,，。!！\\n]{{0,10}}?{_ZH_AI}"
        "|你不再是[^,，。!！\\n]{1,12}[,，]?你(?:现在)?是"
        f"|(?:请|现在)?(?:你)?(?:扮演|假装|假设)(?:你|自己|成)?(?:是|为)?(?:一个|一名|一位)?[^,，。!！\\n]{{0,8}}?{_ZH_AI}(?!态度)"
        "|(?:进入|切换到|切换至|开启|打开|启用)(?:了)?(?:开发者|越狱|上帝|调试|无限制|管理员|dan)模式"
        "|你是dan",
    ),
    _worded(
        "leak",
        r"prompt|instruction|guidelines|configuration|rules|above|api key|credentials|training data",
        rf"\b{_TELL} (?:me )?(?:all |of |back |out ){{0,2}}{_HIDDEN}(?: you were given)?\b(?! (?:for|on|in|of|about|to|that came|booklet|manual|sheet|leaflet))(?! is (?:wrong|missing))"
        r"|\b(?:print|repeat|output|show|recite|list|tell me) (?:me )?(?:all |the ){0,2}(?:instructions?|prompts?|rules) (?:that )?you (?:were|have been|are) given"
        r"|\b(?:repeat|print|output|recite|copy|return) (?:all |back |everything |the |of ){0,4}(?:text |words |content |message )?above(?: this line| verbatim|,? starting|,? word for word)"
        r"|\bwhat (?:were|are|was|is) your (?:exact|initial|original|hidden|secret|first)(?: system)? (?:instructions?|prompts?)",
    ),
    _worded(
        "leak",
        "提示|指令|设定|规则|以上|上文",
        f"{_ZH_TELL}(?:一下|出来)?(?:你|您|它|给我|我)?(?:的)?(?:全部|所有|完整|原始|收到){{0,2}}的?{_ZH_HIDDEN}(?!音|灯|书|支付)"
        f"|把(?:你|您)?(?:的|收到的?|全部|所有|完整)*{_ZH_HIDDEN}(?:原文|全文|完整地?|一字不[差漏]地?|翻译成\\w{{1,4}}|直接)?(?:都)?(?:告诉|发给|输出|打印|写|说|展示|翻译)"
        "|(?:重复|复述|输出|打印|照抄)(?:一遍)?(?:以上|上文|上面)的?(?:所有|全部)?的?(?:内容|文字|文本|话)"
        "|你的(?:系统)?提示词(?:是什么|有哪些|是啥)",
    ),
    _worded(
        "steer",
        r"classif|label|rate|mark|score|summar|give this|tag",
        rf"\b(?:please )?(?:classify|label|mark|tag|score|categori[sz]e|treat) (?:this|the|my|it) ?(?:review|text|message|comment|feedback|ticket|product|item|response)? ?(?:as|with) (?:a |an )?{_GOOD}\b"
        rf"|\b{_AUDIENCE}\b[^.!?\n]{{0,40}}?\b(?:rate|give|score|grade) (?:this|the|my|it) ?(?:review|text|product|seller|item|shop)? ?(?:as )?(?:a |an )?{_GOOD}"
        r"|\b(?:when (?:you )?summari[sz](?:e|ing)|in your summary|your (?:summary|output|answer|response) (?:must|should|has to))[^.!?\n]{0,60}?\b(?:say|state|claim|mention|write|recommend)",
    ),
    _worded(
        "steer",
        "判定|分类|标记|标为|归类|评为|给|输出|总结|必须",
        f"(?:请|务必)?(?:把|将)(?:这|本|该|此)(?:条|个|篇|段)?(?:评价|评论|文本|内容|消息|留言)?(?:判定|分类|标记|归类|标注|评|判断|识别)(?:为|成|到){_ZH_GOOD}"
        f"|(?:无论|不管|不论)(?:内容|评论|评价|下面|上面)?(?:如何|怎样|怎么样|是什么|写了?什么)[,，]?都?(?:要|请|必须)?(?:给|输出|判|打|回答|标)[^,，。]{{0,6}}{_ZH_GOOD[:-1]}|5星)"
        f'|(?:ai|模型|助手|机器人)[^,，。!！\\n]{{0,10}}?[,，:：]?(?:输出|回答|只说|必须说)[“"「]?[^,，。]{{0,8}}?{_ZH_GOOD}'
        f"|给(?:这个?|本|该)(?:商家|产品|店|商品|店铺)打?{_ZH_GOOD}[,，].{{0,10}}?(?:模型|ai|助手)"
        "|(?:总结|概括|摘要|汇总)(?:时|的时候|中|里)[,，]?(?:必须|务必|一定要|请|只能)(?:说|写|提到|强调)",
    ),
    _worded(
        "markup",
        r"<|\[|#|系统",
        r"<\|?(?:im_start|im_end|system|user|assistant|end|endoftext|eot_id|begin_of_text|start_header_id)\|?>(?:system|user|assistant)?"
        r"|\[/?inst\](?: ?<</?sys>>)?|<</?sys>>"
        r"|</? ?(?:system|user|assistant|instructions?|prompt|context|data|user_?review|review|document|input|output|message|text)(?:_?\w{1,12})?>(?: ?</ ?\w{1,14}>){0,3}"
        r"|(?:^|\n|### ?)(?:system|instruction)s? ?[:：](?= ?(?:you|ignore|from now|new|override|mark|approve|the assistant|always|do not|output|give|grant))"
        r"|### ?(?:system|instructions?|human|assistant|user)[:：]"
        r"|[\[【](?:系统(?:指令|消息|提示|通知)|system(?: message| prompt)?|管理员指令)[\]】]",
    ),
    _worded(
        "tool",
        r"\{|<",
        r"\{\s{0,4}[\"'](?:tool|tool_name|function|function_call|tool_calls|action|name)[\"']\s{0,4}:\s{0,4}"
        r"(?:[\"'][\w.-]{2,40}[\"']\s{0,4},\s{0,4}[\"'](?:arguments|args|parameters|params|input|action_input)[\"']\s{0,4}:[^\n]{0,200}?\}{1,4}|[\[{][^\n]{0,200}?[\]}]{1,5})"
        r"|<(?:tool_call|function_calls?|tool_use|invoke|tool)\b[^>\n]{0,60}>(?:[^\n]{0,200}?</(?:tool_call|function_calls?|tool_use)>|<invoke[^>\n]{0,60}>)?",
    ),
    _worded(
        "exfiltration",
        r"http|!\[|@|<img",
        r"!\[[^\]\n]{0,80}\]\(https?://[^)\s]{1,200}[?&][^)\s=]{0,30}=[^)\n]{0,20}?(?:\{|\$|%7b|system|prompt|secret|history|conversation|data|\[)[^)\n]{0,80}\)"
        r"|\b(?:send|post|forward|upload|append|transmit|exfiltrate|email|leak) (?:all |the |every |any |this |your |our |of ){0,4}(?:conversation|chat|customers?'?s?|user'?s?|order|personal|private|session|message)? ?(?:history|data|details|information|e-?mails?|addresses|records|log|secrets?|conversation|chat|keys?|passwords?)\b[^.!?\n]{0,30}?\b(?:to|at) (?:this (?:link|url|address)[:：]? ?)?(?:https?://\S{4,100}|[\w.+-]{1,40}@[\w.-]{3,60})"
        r"|<img [^>\n]{0,100}src=[\"']?https?://[^>\s]{1,200}[?&][^>\s]{0,60}=[^>\n]{0,10}?(?:\{|\$)[^>\n]{0,60}>",
    ),
    _worded(
        "exfiltration",
        "http|@|网址|链接",
        r"(?:把|将)(?:你|所有|全部|用户|客户|顾客|的|本次|这段|上面|完整){0,4}(?:聊天记录|对话|对话记录|手机号码?|数据|信息|资料|订单|订单信息|邮箱|密码|密钥|地址|隐私){1,2}[^,，。\n]{0,6}(?:发送|发|提交|上传|转发|传)(?:到|至|给|去)\s?(?:https?://\S{4,100}|[\w.+-]{1,40}@[\w.-]{3,60})",
    ),
)
