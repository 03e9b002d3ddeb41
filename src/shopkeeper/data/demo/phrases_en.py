"""What English reviews are made of: clauses by aspect and polarity, and what holds them together.

In a clause `{thing}` is the product, `{very}` an intensifier, `{bit}` a softener, `{days}` a
number of days and `{while}` a stretch of time.
"""

from __future__ import annotations

from shopkeeper.data.demo.phrases import Phrases, cut

_BAD = {
    "quality": cut("""
        the quality is {very} poor|not as good as it looks in the pictures|it broke after {while}|
        the {thing} felt {very} cheap|nothing like the description|it arrived with a defect|
        i expected much better|it fell apart within {while}|the finish is {bit} rough|
        not worth keeping|clearly second-hand|it did not last {while}|
        the {thing} looked used|quality control is non-existent|hardly what i would call well made|
        it stopped being usable after {while}|the photos are misleading|
        great quality if you like holes|so much for premium|a joke, not {thing}|one side was already scratched|
        worse than the last one i had|the only good thing is the photo|it went straight in the bin|i have seen better at the flea market
    """),
    "size": cut("""
        runs {very} small|it is two sizes too big|the measurements are wrong|does not fit at all|
        the size chart is useless|way smaller than expected|i sized up and it is still tight|
        the dimensions do not match the listing|far too large to be usable|not true to size|
        it would fit a doll|i measured it twice and they are wrong|the left and the right are not the same size|even after the exchange it does not fit
    """),
    "colour": cut("""
        the colour is nothing like the photo|it faded after one wash|the colour looks {very} dull|
        i got the wrong colour|the dye came off on everything|patchy colour all over|
        the shade is {bit} ugly in daylight|not the colour i ordered|
        they must have used a filter on the photos|white turned out yellow|looks like mud in the sun|my other clothes are now the same colour
    """),
    "material": cut("""
        the material is {very} scratchy|it smells {very} bad|paper thin|it started pilling after {while}|
        the material feels like plastic|loose threads everywhere|it lost its shape in one wash|
        not breathable at all|stiff and uncomfortable|the smell does not go away even after {while}|
        said cotton, feels like a bin bag|it makes me itch|it tore when i put it on|shrank to a child's size|see-through in daylight
    """),
    "price": cut("""
        not worth the money|{very} overpriced|the price dropped the day after i bought it|
        you can get better for less|a waste of money|too expensive for what it is|
        i paid double what others charge|they refused to match the price|not a bargain by any means|
        i regret every cent|
        what a bargain, paying twice for rubbish|half the price around the corner|the coupon is a joke|i want my money back
    """),
    "delivery": cut("""
        delivery took {days} days|shipping was {very} slow|it arrived {days} days late|
        the tracking did not move for {days} days|still waited {days} days after they said it shipped|
        the courier left it in the rain|it never came on time|too late to be of any use|
        they missed the promised date by {days} days|i had to chase them for the parcel|
        so fast it only took {days} days|the birthday was over when it arrived|it was delivered to somebody else|they said tomorrow for {days} days|express, they call it
    """),
    "packaging": cut("""
        the box was crushed|packaging was {very} poor|it came in a thin plastic bag|
        it leaked all over the parcel|no padding whatsoever|the seal was already broken|
        the packaging looked opened before|not something you could give as a gift|arrived dented|
        everything inside was wet|it rattled in a box three times its size|they reused an old box|wrapped in tape for an hour and still broken
    """),
    "service": cut("""
        customer service was {very} rude|nobody answered my messages|they refused a refund|
        support just pasted the same answer|i waited {days} days for a reply|
        the seller ignored me once they had my money|returning it is a nightmare|
        they kept passing me around|no help whatsoever|the agent did not even read my question|
        such friendly service, seen and never answered|a bot and nothing but a bot|they promised a refund and went silent|told me to call the factory|they only care until you pay
    """),
    "function": cut("""
        it does not work properly|{very} awkward to use|it keeps disconnecting|
        half the advertised features are missing|it overheats after {while}|{very} noisy|
        the battery does not last|the instructions make no sense|it is {very} slow to respond|
        it failed the second time i used it|
        does nothing but light up|connects, drops, connects, drops|the button needs three presses|i have never seen it do what the video shows
    """),
    "authenticity": cut("""
        i doubt it is genuine|looks like a fake|the security code cannot be found|
        not the same as the one from the store|the label is misprinted, obviously a copy|
        feels like a counterfeit|the serial number is not valid|
        so genuine that the logo is misspelt|the brand says this batch does not exist|weight, smell and box are all off|nobody can tell me where it was made
    """),
    "taste": cut("""
        tastes {very} stale|{very} bland|far too salty|it had a strange aftertaste|not fresh|
        way too sweet|it was all crumbs|the flavour is nothing like last time|smelled rancid|
        i could not finish it|nobody at home would eat it|
        tastes of plastic|my dog would not touch it|hard as a stone|bitter and dry|three nuts in a bag of air
    """),
}
_GOOD = {
    "quality": cut("""
        the quality is {very} good|better than i expected|still going strong after {while}|
        the {thing} felt {very} solid|exactly as described|well made|no complaints at all|
        not bad at all|the finish is flawless|i could not find a single fault|it is built to last|
        {very} happy with the {thing}|looks even better in person|it did not disappoint|
        you can tell it is made with care|third one i have bought and never a problem|
        my only complaint is that i did not buy two|i was worried it would be cheap, it is not|can't say a bad word about it|
        i regret not buying it sooner|dropped it twice and not a scratch|beats the expensive brands|hard to find anything wrong with it|i nearly missed out on this
    """),
    "size": cut("""
        fits perfectly|true to size|the size is just right|exactly the dimensions listed|
        neither too big nor too small|the size advice was spot on|fits {very} well|no need to size up|
        i was afraid it would be too small, it is not|measured it, right to the millimetre|fits in the smallest drawer|no need to exchange
    """),
    "colour": cut("""
        the colour is {very} nice|same colour as in the photos|the colour has not faded|
        the shade is gorgeous|no difference from the picture|everyone asks about the colour|
        colours are rich and even|
        i was worried about the colour, no need|white and it stays white|looks nice even at night|not a dull shade at all
    """),
    "material": cut("""
        the material is {very} soft|no smell at all|feels {very} comfortable|thick and sturdy material|
        it breathes well|does not pill or shrink|nice to the touch|not scratchy in the least|
        holds its shape after washing|
        no itching even on bare skin|survived the washing machine|not a trace of that plastic smell|my baby's skin did not react
    """),
    "price": cut("""
        great value for money|the price is {very} fair|cheaper than in the shops|worth every penny|
        an absolute bargain|not expensive and not cheaply made|good price during the sale|
        you will not find it cheaper|would have paid more|
        with the coupon it was almost free|thought it was too expensive, it is not|no regrets about the price|costs less than lunch
    """),
    "delivery": cut("""
        delivery was {very} fast|arrived the next day|came earlier than promised|
        shipping was no problem|the courier was {very} friendly|arrived in {days} days|
        shipped the same evening|no delay at all|right on time|
        worried it would be late, it came two days early|even during the sale there was no delay|bad weather and still on time|the courier carried it up the stairs
    """),
    "packaging": cut("""
        {very} well packed|arrived without a scratch|the box is nice enough to give as a gift|
        packed with care|no plastic waste, love that|came with a little thank-you note|
        everything was neatly wrapped|
        you could throw it down the stairs|not a corner was bent|a handwritten card inside|not a drop leaked
    """),
    "service": cut("""
        customer service was {very} helpful|they answered within minutes|the exchange was no trouble|
        the seller went out of their way|my question was answered right away|refund without any fuss|
        {very} friendly support|they replaced it with no questions asked|
        one part was broken, a new one came the next day|i wanted to complain and they won me over|no problem is too small for them|no arguing about the return
    """),
    "function": cut("""
        works {very} well|easy to use|does exactly what it should|{very} quiet|the battery lasts for ages|
        set up in no time|never lost connection once|even my parents can use it|responds instantly|
        does the job without any trouble|
        my old one kept failing, this one never does|no manual needed|lasts most of the day without power|no lag in games|i do not hear the neighbours any more
    """),
    "authenticity": cut("""
        definitely genuine|the security code checked out|same as the one from the store|
        no doubt it is the real thing|original and sealed|verified with the brand, all fine|
        had it checked at the store, no problem|not a copy, same as my last one|papers included, no worries
    """),
    "taste": cut("""
        tastes {very} good|{very} fresh|not too sweet|the kids love it|full of flavour|
        just like homemade|gone within {while}|smells wonderful|crisp and not greasy|
        we finished the bag in one evening|
        the only bad thing is that it is gone so fast|i don't like sweets but this i do|no artificial aftertaste|gone in the office within minutes|the whole kitchen smells of it
    """),
}

_MILD = {
    "quality": cut("""
        one small flaw|the edges are {bit} rough|the finish could be neater|not the very best quality|
        one seam is {bit} loose|there was a tiny mark on it
    """),
    "size": cut("""
        runs {bit} large|{bit} smaller than i thought|you may want to size up|{bit} tight at first|
        the sleeves are {bit} long
    """),
    "colour": cut("""
        the colour is {bit} darker than in the photo|not as bright as in the picture|
        a slight difference in colour|i wish there were more colours
    """),
    "material": cut("""
        the material is {bit} thin|there was a faint smell at first|{bit} stiff until washed|
        a few loose threads|not the softest
    """),
    "price": cut("""
        {bit} pricey|i wish it were {bit} cheaper|i just missed the sale|the discount was small|
        not the cheapest around
    """),
    "delivery": cut("""
        shipping was {bit} slow|it came a day late|it could have shipped sooner|
        the courier did not come upstairs|the wait was {bit} long
    """),
    "packaging": cut("""
        the packaging is {bit} plain|the box had a small dent|more tape than needed|no dust bag included|
        the wrapping was nothing fancy
    """),
    "service": cut("""
        support took a while to answer|the answers were {bit} short|the chat was {bit} slow|
        i had to ask twice
    """),
    "function": cut("""
        the manual could be clearer|{bit} loud|it took some getting used to|it charges {bit} slowly|
        few extra features
    """),
    "authenticity": cut("""
        the label differs from the store version|no receipt included|the batch number is hard to read
    """),
    "taste": cut("""
        the flavour is {bit} mild|{bit} sweet for me|some of it was broken|the portion is {bit} small|
        an acquired taste
    """),
}

EN = Phrases(
    bad=_BAD,
    good=_GOOD,
    mild=_MILD,
    openers=(
        cut("""
            very disappointed|do not buy this|honestly|i rarely leave bad reviews but|what a letdown|
            sorry to say|had high hopes|bought this because of the reviews|save your money|
            ordered {days} days ago|i wanted to like it|after {while}|ngl|buyer beware|where do i start
        """),
        cut("""
            it's ok|honestly|mixed feelings|had it for {while}|bought it as a gift|not sure what to think|
            first time buying this brand|after {while}|tbh|fair review|so-so
        """),
        cut("""
            love it|so happy with this|bought this because of the reviews|honestly|10/10|after {while}|
            great buy|was sceptical at first|ordered {days} days ago|my second one|what a surprise|
            could not be happier|as always|exactly what i needed|ngl|five stars
        """),
    ),
    closers=(
        cut("""
            would not recommend|sending it back|avoid|never again|save your money|one star is too many|
            i want a refund|lesson learned|will not order here again|such a shame|look elsewhere|
            please do better|the good reviews must be fake
        """),
        cut("""
            it's fine i guess|three stars from me|does the job|nothing special|could be better, could be worse|
            take it or leave it|ok for the price|not sure i would buy it again|average|it will do for now|
            neither impressed nor annoyed|meh
        """),
        cut("""
            would buy again|highly recommended|five stars|thank you|will order more|you won't regret it|
            already told my friends|keep it up|can't fault it|a must have|what more could you want|
            buy it
        """),
    ),
    shorts=(
        cut(
            "bad|terrible|not good|waste of money|disappointed|broken|awful|don't buy|useless|rubbish|no thanks"
        ),
        cut(
            "ok|it's okay|average|meh|so so|fine i guess|nothing special|not used yet|alright|decent-ish"
        ),
        cut(
            "great|love it|perfect|good|excellent|very good|not bad|nice|as described|awesome|no complaints"
        ),
    ),
    lukewarm=cut("""
        the {thing} will do, nothing more|about what i expected for the price|it is neither good nor bad|
        the {thing} turned out average|have not really used it yet|it does the job but no wow|
        not as great as advertised, not terrible either|similar to what others sell|
        it is usable, that is all|i don't love it and i don't hate it|some good points, some bad|
        still deciding whether to keep it|expected a bit more, could live with less|
        just arrived, will update after {while}|middle of the road|acceptable
    """),
    fillers=cut("""
        it was for my mother|a birthday present|i take it on trips|it lives in the office|we just moved house|
        bought for my son|stocked up during the sale|ordered for a colleague|came on saturday|the second one at home|
        i used another brand before|compared a few shops|my husband picked it|for the gym|i do not use it every day|
        saw it on a friend's page|we live on the fifth floor
    """),
    but=cut(
        ", but |, however |. sadly, |, only |. shame that |. then again, |, although |. unfortunately "
    ),
    though=cut(
        ", but |, still, |. luckily |. that said, |, however |. no big deal, |, but overall "
    ),
    joiners=cut(", |. |. |. |, and |! |; | and also |, plus "),
    endings=cut(".|.|.|!|!!||| :)|...|.."),
    very=cut("very|really|so|super|pretty|quite|extremely|incredibly|truly|seriously"),
    bit=cut("a bit|kind of|somewhat|rather"),
    days=cut("3|4|5|6|7|9|10|12"),
    spans=cut("a week|two days|a month|three days|two weeks|a few uses|ten days|a couple of days"),
    emoji=(cut("😡|👎|😤|😞|💔|🙄|😭"), cut("😐|🤔|😶|🙂|🤷"), cut("👍|😍|❤️|🥰|😊|👏|🎉|💯|😂")),
    titles=(
        cut(
            "Disappointed|Not worth it|Avoid|Broken on arrival|Never again|Poor|Not what I expected"
        ),
        cut("It's okay|Average|Mixed feelings|Does the job|So-so|Three stars"),
        cut("Love it|Great value|Perfect|Very happy|Recommended|Not bad at all|Five stars"),
    ),
    spam=cut("""
        visit http://spam.example/{days} for 90% off everything|earn {days}00 a day from home, message me|
        same {thing} cheaper at example-deals, search it|asdf asdf asdf asdf|good good good good good good|
        click here to win free {thing} http://spam.example/win{days}|follow my page for coupons
    """),
    fakes=cut("""
        Great product, fast shipping, great seller, five stars, highly recommend to everyone|
        Amazing quality and perfect service, will buy again, best {thing} ever|
        Excellent item exactly as described, very fast delivery, A+++ seller, cashback received|
        Second purchase, as good as always, five stars, recommended
    """),
    contacts=cut("""
        contact me at guest34@example.com|call me on +1 202-555-0142 about it|
        mail demo@example.com if you want photos
    """),
    swaps=(
        ("the ", "teh "),
        ("really", "realy"),
        ("quality", "qualty"),
        ("receive", "recieve"),
        ("with", "wiht"),
        ("because", "becuase"),
        ("delivery", "delivry"),
        ("definitely", "definately"),
        ("service", "servise"),
        ("you", "u"),
        ("are", "r"),
        ("not", "nto"),
        ("colour", "color"),
        ("good", "gud"),
        ("money", "mony"),
        ("again", "agian"),
    ),
    replies=cut("""
        We are sorry about this, please contact us and we will make it right.|
        Thank you for the feedback, a replacement is on its way.|
        Sorry for the delay, we have raised it with the courier.|
        We will cover the return shipping, please open a return in your account.
    """),
    spaced=True,
)
