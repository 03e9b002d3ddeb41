"""What English reviews speak of."""

from __future__ import annotations

from shopkeeper.language.lexicon import terms

ASPECTS_EN: dict[str, tuple[str, ...]] = {
    "quality": terms("""
        quality|well made|well-made|poorly made|cheaply made|badly made|well built|well-built|build|built to last|workmanship|
        craftsmanship|finish|finishing|durab*|sturdy|sturdiness|solid|flimsy|fragile|broke|broken|breaks|breaking|fell apart|
        falls apart|falling apart|came apart|cracked|cracks|crack|ripped|tore|torn|snapped|bent|dented|scratched|scratches|
        scratch|defect*|faulty|damaged|damage|flaw*|flawless|used before|looked used|second-hand|second hand|refurbished|worn out|
        wore out|wears out|stopped working|died|last long|lasts long|did not last|didn't last|lasted|hold up|holds up|held up|
        holding up|still going|going strong|rough edges|edges|seam|seams|stitching|rust|rusted|rusty|peeled|peeling|peels|
        chipped|junk|piece of crap|feels cheap|felt cheap|feels solid|wobbl*|loose screw*|premium|shoddy|hinge|hinges|longevity|build-quality|fell off|came off|wear and tear|fabrication|well constructed|
        construction|quality control|craft|craftmanship|typos|binding|printing
    """),
    "size": terms("""
        size|sizes|sized|sizing|size chart|fit|fits|fitted|fitting|too small|too big|too large|too tight|too loose|too long|
        too short|too wide|too narrow|runs small|runs large|runs big|run small|run large|true to size|smaller than|larger than|
        bigger than|shorter than|longer than|tight|snug|larger size|smaller size|half size|runs narrow|run narrow|narrower|wider|baggy|roomy|oversized|undersized|dimension*|measurement*|measured|
        length|width|height|inches|compact|sleeve|sleeves|waist|the right size|size up|sized up|size down|small for|big for|
        doesn't fit|didn't fit|won't fit|fits perfectly|took up|takes up|bulky
    """),
    "colour": terms("""
        colour*|color|colors|colored|coloring|shade|shades|hue|faded|fades|fading|dye|discolour*|discolor*|yellowed|
        turned yellow|bleach*|dull look|off-white|tint|brighter than|darker than|lighter than|colourfast|bled
    """),
    "material": terms("""
        material*|fabric*|cloth|cotton|polyester|leather|wool|silk|linen|denim|plastic|plasticky|metal|rubber|foam|wooden|
        silicone|steel|texture|soft|softer|softness|scratchy|itchy|itches|itch|itching|comfortable|comfy|comfort|uncomfortable|
        breathable|breathes|stretchy|stretch|stretches|thin|paper thin|thinner|thick|thickness|see-through|see through|pilling|
        pills|pilled|lint|shrank|shrink|shrunk|shrinks|shedding|sheds|stiff|warmth|warm|lining|padding|padded|cushion*|
        to the touch|holds its shape|lost its shape|kept its shape|bare skin|threads|washed well|after washing|in the wash|one wash|washing machine|wrinkle*|against the skin
    """),
    "taste": terms("""
        taste*|tasted|tasty|tasting|flavour*|flavor*|delicious|yummy|bland|stale|fresh|freshness|sweet|too sweet|salty|bitter|
        sour|spicy|aftertaste|crunchy|crisp|crispy|chewy|greasy|juicy|moist|rancid|spoiled|expired|expiry|mouldy|moldy|
        homemade|eat|eaten|ate|eating|drink|snack|snacks|savoury|savory|tastes like|crumbs|ripe|melted|mouthfeel
    """),
    "smell": terms("""
        smell*|odor|odour*|scent*|fragrance*|stink*|stank|stench|fumes|musty|perfume|aroma|chemical smell|smelled|unscented
    """),
    "function": terms("""
        work|works|worked|working|function*|performance|performs|performed|feature|features|speed|fast processor|slow to|lag|
        laggy|lags|lagging|freezes|freezing|froze|crash|crashes|crashed|crashing|glitch*|bug|bugs|buggy|software|hardware|
        operating system|windows|processor|cpu|ram|memory|hard drive|graphics|driver|drivers|connect|connects|connection|
        connectivity|connected|disconnect*|pairing|bluetooth|wifi|wi-fi|wireless|signal|reception|sensor|respons*|reacts|
        overheat*|heats|gets hot|runs hot|heat|temperature|cooling|fan|leak|leaks|leaked|leaking|suction|power|powerful|motor|
        efficien*|effective*|ineffective|does the job|did the job|gets the job|useless|usable|keyboard|keys|key|touchpad|
        trackpad|mouse|touchscreen|camera|webcam|port|ports|usb|hdmi|button|buttons|switch|moistur*|absorb*|coverage|lather|
        gaming|games|boot|boots up|startup|runs well|runs great|runs smoothly|application*|programs|app|apps|accura*|
        tuner|tunes|tuning|in tune|pedal|strings|pick up|pickup|waterproof|won't turn on|turn on|turns on|multitask*|virus|upgrade|upgraded|firmware|does what it|does exactly what|did what it|
        runs|ran|motherboard|mother board|system|vista|os x|bios|hard disk|hard drives|disk drive|dvd drive|cd drive|storage|
        video card|program|browser|web browsing|browsing|operation|operate*|specs|specifications|components|touch pad|mousepad|track pad|
        boots|booting|start up|shut down|loads fast|load times|loading|kept failing|keeps failing|failed
    """),
    "ease": terms("""
        easy|easier|easily|ease of use|user friendly|user-friendly|intuitive|simple to|straightforward|convenient|convenience|
        hard to use|difficult to|complicated|confusing|awkward|instruction*|manual|setup|set up|set-up|setting up|install|
        installed|installing|installation|assembl*|put together|learning curve|getting used to|portab*|carry|carrying|
        handy|clean up|cleaning|easy to clean|hassle|fiddly|out of the box
    """),
    "battery": terms("""
        power brick|plug|cord|cords|drains|draining|battery|batteries|battery life|charge|charges|charged|charger|charging|recharge*|power adapter|power supply|power cord|
        runtime|unplugged
    """),
    "sound": terms("""
        subwoofer|headphone*|earphone*|acoustic*|feedback|sound*|audio|speaker|speakers|volume|bass|treble|noise|noisy|loud|louder|quiet|quieter|silent|silence|hum|humming|buzz|
        buzzing|hiss|hissing|rattle|rattles|rattled|squeak*|microphone|mic|tone|tones|feedback noise|crackl*
    """),
    "display": terms("""
        lcd|led panel|widescreen|graphics quality|video quality|screen|screens|display|displays|resolution|brightness|pixel*|monitor|picture quality|image quality|glare|viewing angle*|
        backlight*|contrast ratio|blurry|retina
    """),
    "appearance": terms("""
        looks good|looks great|looks nice|looks cheap|looks amazing|looks beautiful|look great|look good|look nice|looks like|
        appearance|the look|the looks|looks and feel|look and feel|visually|design|designs|designed|style|stylish|beautiful*|pretty design|attractive|gorgeous|ugly|elegant|sleek|cute|
        stunning|pattern|aesthetic*|fashionable|tacky|logo|lightweight|light weight|weight|heavy|heavier|slim
    """),
    "price": terms("""
        price|prices|priced|pricing|pricey|price tag|value|value for money|money|cost|costs|costly|cheap|cheaper|cheapest|
        expensive|inexpensive|overpriced|affordable|bargain|worth|worthless|discount*|on sale|the sale price|during the sale|coupon*|deal|budget|penny|cent|cents|
        dollar*|bucks|paid|pay|paying|afford|rip off|ripoff|rip-off|economical|expense|cost effective|high price|low price|priceless|bang for the buck|reasonabl*|great buy|good buy|for the price
    """),
    "delivery": terms("""
        deliver*|ship|ships|shipped|shipping|shipment|courier|postage|postman|mailman|fedex|ups|usps|dhl|parcel|tracking|
        arrive|arrived|arrives|arriving|arrival|came early|came earlier|came late|came on time|came quickly|came fast|never came on time|day late|chase them|on time|in time for|
        days late|day late|weeks late|late|delay|delays|delayed|dispatch*|next day|took forever|took weeks|took days|
        got here|received it in|received within|never came|never received|still waiting|waited|the wait|prompt*|promised date|
        ahead of schedule|wrong address|at the door|doorstep|up the stairs|came upstairs
    """),
    "packaging": terms("""
        packag*|packed|packing|box|boxes|boxed|wrapped|wrapping|wrapper|bubble wrap|padding inside|no padding|sealed|seal|
        unsealed|crushed|squashed|envelope|carton|container|bottle was|lid|cap was|leaked all|bag it came|plastic bag|
        gift box|gift wrap*|unboxing|dust bag|protective film|tape|plastic waste|padded envelope
    """),
    "service": terms("""
        service|customer service|customer support|support|seller|sellers|vendor|merchant|company|staff|agent|representative|
        refund*|exchange*|replacement|replaced|replace|return|returned|returning|returns|warranty|warrenty|warranties|techs|customer care|apple care|after-sale|guarantee|repair|repaired|
        repairs|helpful|unhelpful|rude|polite|friendly|responded|answered|answers|answer|reply|replied|replies|email|emailed|
        contacted|messages|my message|my question|complain|complained|complaint|ignored|apolog*|technician|tech support|
        tech guy|hotline|chatbot|bot|shop owner|store clerk|after-sales|returning it
    """),
    "authenticity": terms("""
        authentic*|genuine|original|counterfeit*|fake|fakes|knockoff|knock-off|knock off|replica|imitation|the real thing|real deal|
        real leather|not real|serial number|security code|official|brand new|pirated|bootleg|legit|legitimate|copy|
        batch number|hologram|licensed|certificate
    """),
    "description": terms("""
        as described|description|described|as advertised|advertised|advertisement|not as pictured|as pictured|pictured|picture|
        pictures|photo|photos|listing|misleading|mislead|false advertising|wrong item|wrong product|in person|
        what i ordered|not what i|nothing like|as shown|expected|expectation*
    """),
    "quantity": terms("""
        missing|missing parts|parts missing|incomplete|quantity|amount|portion|portions|servings|pieces|only one|only received|
        half empty|half full|not enough|accessor*|came with|comes with|includes|included|extras|free gift|spare|short of
    """),
    "safety": terms("""
        allerg*|rash|irritat*|burned|burnt|skin reaction|break out|broke out|breakout|sensitive skin|safe|unsafe|safety|
        danger*|hazard*|toxic|hygien*|unhygienic|dirty|filthy|stain|stains|stained|chemical|chemicals|ingredient*|hair in it|
        sharp edge*|shock|caught fire|sick
    """),
    "": terms("""
        work out|worked out|at work|from work|for work|to work with|hard work|my work|in no time|a great deal|a good deal of|
        great deal of|deal with|dealing with|first time|looks like it|on sale now|fit for purpose|make up|in size order|
        light of day|save your money|at the time|pay attention|in return|many happy returns|happy returns|at any rate|
        key point|key reason|power of|picture this|it's worth noting|short notice|of course|in fact|all in all|good luck
    """),
}
