"""What words think of what they speak of: praise, complaint, and what turns one into the other."""

from __future__ import annotations

from shopkeeper.language.lexicon import terms

PRAISE = terms("""
    good|great|excellent|awesome|amazing|perfect*|love|loves|loved|loving|like|likes|liked|best|better|nice|nicely|happy|pleased|
    satisfied|satisfying|wonderful*|fantastic*|beautiful*|gorgeous|fast|faster|quick|quickly|prompt*|easy|easily|easier|smooth|
    smoothly|soft|comfortable|comfy|sturdy|solid|durable|reliable|bright|clear|crisp|sharp|sleek|cute|pretty nice|worth|bargain|
    recommend*|helpful|friendly|polite|responsive|genuine|authentic|fresh|delicious|tasty|yummy|impressed|impressive|superb|
    outstanding|brilliant|fits well|fits great|fits perfectly|true to size|as described|as advertised|on time|early|ahead of schedule|
    well made|well-made|well built|well packed|works|worked well|holds up|flawless|no problem|no problems|no issue|no issues|
    no complaint*|no complaints|no trouble|no worries|no fuss|no hassle|hassle free|nothing but good|plus|pleasant|pleasantly|
    affordable|reasonabl*|inexpensive|powerful|quiet|silent|lightweight|light weight|portable|enjoy*|thrilled|delighted|glad|
    exceeded|exceeds|thank|thanks|favorite|favourite|fair|intact|decent|neat|neatly|stylish|elegant|rich|lasts|lasting|still going|
    the right|just right|spot on|incredible|user friendly|convenient|intuitive|handy|effective|efficient|accurate|stunning|right away|
    not a problem|can't go wrong|can't beat|can't complain|could not be happier|couldn't be happier|top notch|high quality|
    质量好|好用|好看|好吃|好喝|好闻|好听|很好|挺好|真好|太好|非常好|不错|满意|喜欢|爱了|最爱|赞|点赞|棒|很棒|给力|完美|优秀|优质|
    超值|划算|实惠|便宜|值得|值了|真值|很值|物超所值|物美价廉|快|很快|神速|迅速|及时|准时|按时|热情|耐心|周到|贴心|负责|用心|细心|
    专业|放心|省心|舒服|舒适|柔软|软软|合适|合身|刚好|正好|刚刚好|漂亮|美观|大气|精致|精美|精细|高档|高端|高级|时尚|可爱|清晰|流畅|
    灵敏|稳定|方便|便捷|简单|顺手|顺滑|耐用|结实|牢固|扎实|厚实|暖和|保暖|透气|新鲜|香|清香|香甜|美味|鲜美|细腻|爽口|正品|真货|齐全|
    完好|完好无损|严实|一致|相符|一样的好|回购|推荐|好评|五星|惊喜|超预期|物流快|发货快|到货快|安静|静音|轻巧|轻便|小巧|显瘦|显白|
    百搭|耐看|有效|管用|有用|明显改善|柔顺|滋润|温和|保湿|没得说|没话说|挑不出|没毛病|性价比高|性价比很高|性价比挺高|性价比超高|性价比极高|性价比不错|很甜|香甜可口|不赖|不踩雷|良心|厚道|爽快|秒回|到位|给解决|
    支持|信赖|靠谱|实用|够用|经用|舒心|开心|高兴|感谢|谢谢|nice|ok|
    bom|boa|bons|boas|ótim*|otim*|excelente*|perfeit*|maravilh*|linda|lindo|lindas|lindos|bonit*|adorei|amei|gostei|gosto|gostamos|
    recomendo|satisfeit*|rápid*|rapid*|antes do prazo|antes do previsto|dentro do prazo|no prazo|barato|barata|confortável|
    fácil|facil|parabéns|parabens|super|eficiente|eficaz|confiável|pontual|correto|correta|tudo certo|conforme|vale a pena|
    valeu a pena|nota 10|nota dez|impecável|impecavel|resistente|cumpriu|melhor|show|top|atenciosos|atencioso|rapidez
""")

COMPLAINT = terms("""
    bad|badly|poor|poorly|terrible|terribly|horrible|awful|worst|worse|useless|worthless|garbage|trash|junk|crap|crappy|rubbish|
    disappoint*|broke|broken|breaks|defect*|faulty|damaged|cracked|crack|ripped|torn|tore|scratched|dented|crushed|leaked|leaks|
    leaking|missing|wrong|fake|counterfeit*|knockoff|imitation|cheaply|flimsy|fragile|thin|scratchy|itchy|itches|stiff|
    uncomfortable|slow|slowly|late|delay*|never arrived|never came|never received|still waiting|overpriced|expensive|pricey|
    waste|wasted|rude|unhelpful|ignored|refused|refuse|nightmare|avoid|regret*|hate|hates|hated|annoying|annoyed|frustrat*|
    noisy|loud|hot|overheat*|crash*|freez*|froze|glitch*|buggy|lag|lags|laggy|fails|failed|failing|fail|failure|stopped working|
    died|dies|dead|doesn't work|didn't work|not work|won't|can't use|cannot|unable|impossible|difficult|hard to|complicated|
    confusing|awkward|bulky|heavy|ugly|dull|faded|fades|fading|bled|shrank|shrunk|pilling|pills|peeling|peeled|stale|bland|salty|
    bitter|rancid|expired|mouldy|moldy|spoiled|stinks|stink|stank|smelly|rash|irritat*|dirty|stain|stained|problem|problems|
    issue|issues|trouble|complain*|misleading|unfortunately|sadly|lacks|lack|lacking|lacked|only complaint|no padding|
    not worth|too small|too big|too large|too tight|too loose|too long|too short|too wide|too narrow|too thin|too heavy|
    too salty|too loud|too slow|too expensive|too dark|too bright|too sweet|runs small|runs large|smaller than|larger than|bigger than|darker than|
    tight at first|return it|returned it|returning it|sent it back|sending it back|money back|refund|rip off|ripoff|rip-off|scam|
    could be better|could have been|could be clearer|should have|should be|would have been nice|wish|wished|hoped|expected more|expected better|
    much better|used to be|a bit|kind of|somewhat|a little|rather|not the best|meh|mediocre|flaw|flaws|downside|con|loose|wobbl*|
    rattle*|buzz|buzzing|hiss|hum|disconnect*|drops|dropping|sticky|smudge*|fingerprint*|half of|only lasted|fell apart|falls apart|
    stopped|quit|warped|bent|rough|sharp edges|no instructions|no help|no response|no reply|virus|suck|sucks|sucked|lousy|
    差|很差|太差|真差|烂|垃圾|虫子|破音|烂的|死板|坏|坏了|失望|后悔|糟糕|恶心|无语|气死|生气|上当|受骗|骗人|欺骗|忽悠|坑|坑人|坑爹|劣质|次品|残次|假货|假的|
    山寨|仿品|盗版|慢|太慢|很慢|迟迟|拖|拖了|拖拉|晚到|还没到|没收到|漏发|少发|发错|寄错|错发|丢件|破|破损|破了|碎了|漏了|漏液|压扁|
    变形|开裂|裂|断了|断|掉了|掉色|褪色|起球|掉毛|掉漆|缩水|线头|瑕疵|毛病|缺陷|划痕|磨损|色差|异味|刺鼻|难闻|臭|怪味|甲醛|难吃|
    不好吃|太咸|太甜|太硬|发霉|变质|过期|不新鲜|哈喇|苦|涩|扎人|硬|粗糙|毛糙|廉价|单薄|闷热|刺痒|痒|过敏|红肿|起痘|长痘|疼|偏大|偏小|
    太大|太小|大了|小了|紧|太紧|偏紧|太松|太长|太短|不合适|不合身|勒|磨脚|挤脚|贵|太贵|很贵|偏贵|不值|亏|降价|浪费|白花|冤枉|涨价|卡|卡顿|
    死机|蓝屏|黑屏|重启|失灵|失效|没反应|发烫|发热|漏水|漏电|吵|噪音|杂音|异响|模糊|漏光|坏点|难用|不好用|不方便|麻烦|费劲|费事|复杂|
    没用|无用|不管用|没效果|鸡肋|敷衍|冷漠|恶劣|推脱|推诿|不理|没人理|答非所问|扯皮|不符|不一致|虚假|夸大|怀疑|不像|缺|少了|缺少|不够|脏|
    丑|难看|土气|老气|显胖|笨重|简陋|随便|粗暴|扔|退货|退款|退了|差评|避雷|踩雷|问题|一般|凑合|马马虎虎|有点|稍微|略|偏|太薄|不足|遗憾|可惜|
    可以再|还可以再|有待|希望|要是|如果能|就好了|不行|不好|不爽|不推荐|不怎么样|不咋地|不咋样|不满|没有想象|不如|比不上|怪|干涩|毛躁|掉发|油腻|
    腻|别买|慎重|谨慎|闹心|坑钱|吐槽|差劲|差远了|受潮|湿了|拆封|开封过|二手|翻新|不准|对不上|
    ruim|mau|má|ruins|péssim*|pessim*|horrível|horrivel|terrível|terrivel|defeito*|quebrad*|quebrou|estragad*|rasgad*|não funciona|nao funciona|
    não recebi|nao recebi|não chegou|nao chegou|não veio|nao veio|não gostei|nao gostei|não recomendo|nao recomendo|atras*|demor*|falso|
    falsificad*|errado|errada|faltou|faltando|faltaram|decepcion*|insatisfeit*|frágil|fragil|fraco|fraca|caro|cara|amassad*|riscad*|
    diferente|problema|problemas|incompleto|incompleta|descaso|absurdo|lixo|pior|devolver|devolvi|devolução|reclam*|infelizmente|
    dinheiro de volta|vergonha|enganad*|engano|apertad*|mal feito|mal acabado|não serve|não serviu|parou|manchad*|arranhad*
""")

NEGATION = terms("""
    not|no|never|n't|hardly|barely|without|nothing|nor|neither|isn't|wasn't|aren't|weren't|don't|doesn't|didn't|won't|wouldn't|
    can't|cannot|couldn't|haven't|hasn't|hadn't|shouldn't|ain't|dont|doesnt|didnt|isnt|wasnt|cant|wont|no longer|far from|less|
    lack of|free of|free from|
    不|没|没有|未|无|别|毫无|毫不|并不|并非|不是|不太|不算|不怎么|没啥|没什么|不够|从不|从没|从来没|绝不|谈不上|说不上|远没有|木有|算不上|
    não|nao|nunca|nem|sem|nada
""")
"""Turn the opinion that follows them."""

DECIDED = {
    "质量不错": 1, "没问题": 1, "没有问题": 1, "没有任何问题": 1, "问题不大": 1, "没毛病": 1, "不得不": 0, "不仅": 0, "不但": 0, "不只": 0,
    "不光": 0, "差不多": 0, "差点": 0, "无论": 0, "无比": 0, "不管": 0, "不过": 0, "是不是": 0, "好不容易": 0, "快递": 0, "快乐": 1,
    "快件": 0, "快充": 0, "香味": 0, "香气": 0, "香水": 0, "简单说": 0, "支持一下": 1, "硬盘": 0, "硬件": 0, "偏偏": 0, "破解": 0,
    "值得买": 1, "不值得": -1, "坏人": 0, "问题解决": 1, "解决问题": 1, "没有解决": -1, "如果": 0, "还是不错": 1, "不贵": 1, "不便宜": -1,
    "不差": 1, "不坏": 1, "不错": 1, "紧急": 0, "赶紧": 0, "抓紧": 0, "要紧": 0, "贵重": 0, "昂贵": -1, "略有": -1, "卡片": 0, "内存卡": 0,
    "显卡": 0, "网卡": 0, "声卡": 0, "卡扣": 0, "保质期": 0, "丑话": 0, "苦恼": -1, "辛苦": 0, "硬要": 0, "拖鞋": 0, "拖把": 0, "断货": 0,
    "断码": 0, "果断": 1, "一般般": -1, "不一般": 1, "希望继续": 1, "希望一直": 1, "有点意思": 1, "有点甜": 0, "没有色差": 1, "不腻": 1,
    "不油腻": 1, "不踩雷": 1, "扎实": 1, "不闷": 1, "多少有点": -1, "不咸": 1, "不硬": 1, "不少": 0, "不断": 0, "不怪": 0, "难怪": 0, "奇怪": -1,
    "偏远": 0, "裂痕": -1, "破天荒": 0, "坏处": -1, "没坏": 1, "摔不坏": 1, "吃亏": -1, "不亏": 1, "大气": 1,
    "not bad": 1, "not too bad": 1, "not too": 1, "no problem": 1, "no problems": 1, "nothing wrong": 1, "not only": 0, "not just": 0,
    "no doubt": 1, "no longer": -1, "no wonder": 0, "like a": 0, "looks like": 0, "feels like": 0, "like the one": 0, "like this": 0,
    "would like": -1, "sound like": 0, "sounds like": 0, "as good as": 1, "not as": -1, "no good": -1, "anything like": 0, "nothing like": -1, "nothing special": -1,
    "hard drive": 0, "hard disk": 0, "hard case": 0, "worked fine": 1, "works fine": 1, "never had a problem": 1, "hot swap": 0, "too late": -1, "better than": 1,
    "worse than": -1, "be better": -1, "for less": -1, "better for": -1, "best buy": 0, "plus side": 1, "pretty": 0, "later": 0,
    "like new": 1, "good for nothing": -1, "would be nice": -1, "cannot beat": 1, "can't wait": 1, "could not ask": 1, "free of charge": 1,
    "não tenho do que reclamar": 1, "sem problema": 1, "sem problemas": 1, "nada a reclamar": 1, "não deixou a desejar": 1, "deixou a desejar": -1,
    "não só": 0, "antes do prazo": 1, "nem um pouco": -1, "no problema": 0, "cara de": 0,
}  # fmt: skip
"""Phrases whose opinion is not the sum of their words: 1 praise, -1 complaint, 0 neither."""
