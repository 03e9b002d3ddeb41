"""Clauses labelled by hand: what each speaks of (nothing after the bar where nothing) and thinks of it.

They were written before the lexicon was tried on them, and meant to be hard. What the lexicon missed
was not looked at; of the terms that were added later for other reasons a few (`run narrow`, `larger
size`, `drains`) occur in them.
"""

_CHINESE = """
这双鞋穿了三个月鞋底就磨穿了|quality|-
拉链第一天就卡住拉不动|quality|-
缝线整齐没有线头|quality material|+
杯口有个小缺口|quality|-
做工对得起这个牌子|quality|+
用了半年还跟新的一样|quality|+
塑料外壳一碰就裂|quality material|-
边角打磨得很光滑|quality|+
一米七五穿L码刚刚好|size|+
腰这里紧得喘不过气|size|-
比我平时穿的码大了两号|size|-
床单铺上去短了一截|size|-
袖子到手肘那里就没了|size|-
尺码表很准|size|+
孩子穿有点肥|size|-
放进书柜正合适|size|+
和图片上的蓝色差太多|colour description|-
洗过一次白衬衫变粉了|colour|-
颜色很正很显气质|colour appearance|+
灯光下看着发绿|colour|-
这个红很喜庆|colour|+
摸上去滑滑的很亲肤|material|+
布料薄得能看见里面|material|-
夏天穿不闷汗|material|+
毛衣扎脖子|material|-
被子盖着很暖和|material|+
靠垫坐一会儿就塌了|material quality|-
饼干受潮了一点都不脆|taste|-
汤底鲜得眉毛都掉了|taste|+
甜得发齁|taste|-
牛肉干嚼不动|taste|-
咖啡喝起来很醇|taste|+
离保质期只剩一个星期|taste|-
橙子汁水很足|taste|+
打开就一股胶水味|smell|-
味道淡淡的很好闻|smell|+
喷了一下午都还有香味|smell|+
洗了三遍还有怪味|smell material|-
风扇最大档也没什么风|function|-
手机打游戏一点不卡|function|+
蓝牙隔一堵墙就断|function|-
洗完头发第二天就油了|function|-
搅拌器打不动冰块|function|-
导航定位很准|function|+
面霜涂上去很快就吸收|function|+
开机只要八秒|function|+
扫地机总是卡在沙发底下|function|-
说明书全是英文看不懂|ease|-
十分钟就装好了|ease|+
老妈一学就会|ease|+
清洗起来太费劲|ease|-
按钮藏在背面很不方便|ease|-
充一次能用一个星期|battery|+
半天就没电了|battery|-
充电口接触不良|battery|-
待机时间比宣传的短一半|battery description|-
半夜开着像拖拉机|sound|-
低音很震撼|sound|+
运行的时候几乎听不到声音|sound|+
打字的声音太响|sound|-
屏幕太暗户外看不清|display|-
画面细腻色彩鲜艳|display colour|+
左下角有两个亮点|display|-
放在客厅很上档次|appearance|+
造型有点像玩具|appearance|-
设计简约大方|appearance|+
图案印歪了|appearance|-
比超市贵一倍|price|-
这个价钱没什么可挑的|price|+
买完第二天就降了五十|price|-
学生党也买得起|price|+
满减完相当于半价|price|+
不值这个钱|price|-
昨晚下单今早就到|delivery|+
快递放在小区门口就走了|delivery|-
显示签收了可是我没收到|delivery|-
物流信息停了四天|delivery|-
配送员打电话很有礼貌|delivery|+
发货拖了一个星期|delivery|-
箱子烂得不成样子|packaging|-
每一个都用泡沫裹好|packaging|+
瓶盖没拧紧洒了一半|packaging|-
礼盒很体面|packaging|+
封条是拆过的|packaging|-
问了三遍都不回|service|-
客服教得很细|service|+
退货运费还要我出|service|-
第二天就给我换了新的|service|+
卖家推卸责任|service|-
发票一直没给|service|-
店主人很实在|service|+
跟专柜买的手感不同|authenticity material|-
扫了码是真的|authenticity|+
一看就是高仿|authenticity|-
官方旗舰店买着安心|authenticity|+
实物比照片好看|description appearance|+
介绍里说有三层实际只有两层|description|-
和网页写的一样|description|+
少发了一个配件|quantity|-
份量足够三个人吃|quantity|+
说好的赠品没给|quantity|-
用完脸上起了红疹|safety|-
里面有一根头发|safety|-
宝宝咬着也放心|safety|+
闻着头晕|smell safety|-
给妈妈买的生日礼物||0
已经是第三次来了||0
上个月搬家添置的||0
还没来得及用||0
同事推荐我买||0
周末去爬山的时候带着||0
先用一段时间再说||0
家里有两个孩子||0
五星||+
"""
_ENGLISH = """
the zipper got stuck on the first day|quality|-
after a year it still looks new|quality|+
one leg of the chair came off|quality|-
the welds are clean and strong|quality|+
the handle snapped in my hand|quality|-
you can see glue everywhere|quality|-
solid as a rock|quality|+
the sleeves end at my elbows|size|-
medium was perfect for my 5'7 frame|size|+
my toes hurt because they run narrow|size|-
it hung off me like a tent|size|-
fits my drawer like it was made for it|size|+
had to send it back for a larger size|size service|-
the waist is way too loose|size|-
it is more orange than red|colour|-
the blue is so vivid|colour|+
colour washed out within a month|colour|-
matches my curtains exactly|colour|+
feels like sandpaper on the skin|material|-
the fabric is buttery|material|+
so cosy in winter|material|+
you can see right through it|material|-
the leather smells real and feels supple|material smell|+
the cushion went flat after a week|material quality|-
the chocolate had turned white and chalky|taste|-
best coffee i have had in years|taste|+
way too much sugar|taste|-
the crackers were stale|taste|-
smooth flavour with a nutty finish|taste|+
best before date was last month|taste|-
it reeks of glue|smell|-
the scent is subtle and lingers|smell|+
perfume fades within the hour|smell|-
it barely cleans anything|function|-
charges ahead through heavy games without stutter|function|+
it drops the wifi every ten minutes|function|-
the blender crushes ice in seconds|function|+
the app keeps logging me out|function|-
my skin looks brighter after two weeks|function|+
the heater takes an hour to warm the room|function|-
keyboard is a joy to type on|function|+
it reboots by itself|function|-
had it running in five minutes|ease|+
the instructions are in german only|ease|-
my grandmother had no trouble with it|ease|+
a pain to clean|ease|-
folds up small enough for my bag|ease|+
it took two men to assemble|ease|-
lasts two days on a single charge|battery|+
dead by lunchtime|battery|-
the charger gets scorching hot|battery|-
battery drains even when switched off|battery|-
it whines like a mosquito|sound|-
deep bass without distortion|sound|+
you hardly hear it running|sound|+
callers say i sound like i am underwater|sound|-
the screen is washed out in sunlight|display|-
pictures are razor sharp|display|+
two dead pixels out of the box|display|-
it looks like a toy|appearance|-
a real eye-catcher on the shelf|appearance|+
simple and elegant design|appearance|+
the print is crooked|appearance|-
i could have got two for that elsewhere|price|-
a steal at twenty dollars|price|+
you pay for the name|price|-
cheaper than my local shop|price|+
i feel ripped off|price|-
good value|price|+
it took three weeks to get here|delivery|-
was on my doorstep the next morning|delivery|+
tracking said delivered but there was nothing|delivery|-
the driver threw it over the fence|delivery|-
shipped within hours|delivery|+
no update from the carrier|delivery|-
the box had a hole in it|packaging|-
everything was double wrapped|packaging|+
the lid was not closed and half of it spilled|packaging|-
lovely gift box|packaging|+
the seal was broken|packaging|-
they never wrote back|service|-
a replacement was sent without asking|service|+
i had to pay for the return|service|-
the lady on the phone was so patient|service|+
support closed my ticket|service|-
the warranty is worthless|service|-
the logo is misspelled so it must be fake|authenticity|-
i checked the serial number and it is real|authenticity|+
clearly a knockoff|authenticity|-
looks nothing like the photos|description|-
exactly what was advertised|description|+
the listing says steel but it is tin|description material|-
two screws were missing|quantity|-
came with plenty of spare parts|quantity|+
the bag is half empty|quantity|-
gave me a rash|safety|-
the edges are sharp enough to cut you|safety|-
no irritation at all|safety|+
it was filthy when i opened it|safety|-
bought it for my nephew's birthday||0
this is my second order||0
i have two dogs and a cat||0
we moved into a new flat last month||0
i will update this review later||0
my friend told me about it||0
i play the guitar in a band||0
five stars||+
not sure yet||0
used it on a trip to spain||0
"""
_MARKS = {"-": "negative", "0": "neutral", "+": "positive"}


def _read(block: str) -> list[tuple[str, frozenset[str], str]]:
    rows = [line.split("|") for line in block.strip().splitlines()]
    return [(clause, frozenset(names.split()), _MARKS[mark]) for clause, names, mark in rows]


CHINESE = _read(_CHINESE)
ENGLISH = _read(_ENGLISH)
