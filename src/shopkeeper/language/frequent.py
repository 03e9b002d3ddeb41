"""Frequent words of languages written in Latin letters: what gives a short text away.

Words without meaning first (`PLAIN`), then words of shopping (`SHOPPING`). Written for this project
from knowledge of the languages, not counted from any corpus.
"""

from __future__ import annotations

PLAIN: dict[str, str] = {
    "en": """
        the a an and or but if of to in on at for with from by about as into over after before under
        is are was were be been being am do does did done has have had having will would can could
        should may might must not no don't didn't doesn't isn't wasn't can't couldn't won't i'm i've
        it's that's you're they're i you he she it we they me him her us them my your his its our
        their mine this that these those there here what which who whom whose when where why how all
        any both each few more most other some such only own same so than too very just also again
        once then now up down out off even still much many well really because while until though
        without every never always ever get got go went one two three first than
    """,
    "pt": """
        o a os as um uma uns umas de do da dos das em no na nos nas por pelo pela para pra com sem sob
        sobre até após desde entre e ou mas mais menos muito muita muitos muitas pouco que quem qual
        quando onde como porque porquê se não nem nunca sempre já ainda também só apenas é são era
        foi foram ser sido está estão estava estou estar tem têm tinha tive ter há havia vou vai vem
        eu tu ele ela nós eles elas você vocês me te lhe nos meu minha meus minhas seu sua seus suas
        este esta isto esse essa isso aquele aquela aqui ali lá agora hoje ontem antes depois bem mal
        assim então tudo todo toda todos todas nada cada outro outra mesmo mesma ao à aos às pois
        dele dela numa num fui fez faz fazer pode posso sou estive tão
    """,
    "es": """
        el la los las un una unos unas de del en por para con sin sobre hasta desde entre y o u e pero
        más menos muy mucho mucha muchos muchas poco que quien cual cuando donde como porque si no ni
        nunca siempre ya aún todavía también sólo solo es son era fue fueron ser sido está están
        estaba estoy estar tiene tienen tenía tengo tener hay había voy va viene yo tú él ella
        nosotros ellos ellas usted ustedes me te le les lo se nos mi mis su sus tu tus este esta esto
        ese esa eso estos estas aquel aquí allí ahora hoy ayer antes después bien mal así entonces
        todo toda todos todas nada cada otro otra mismo misma al pues hace hacer puede puedo soy tan
        qué cómo cuándo dónde he ha han cuanto
    """,
    "fr": """
        le la les l un une des du de d en dans sur sous par pour avec sans chez vers entre et ou mais
        plus moins très trop peu beaucoup que qui quoi dont quand où comment pourquoi parce si ne pas
        n jamais toujours déjà encore aussi seulement c'est est sont était étaient suis es sommes être
        été ai as a ont avait avais avoir fait faire va vais peut peux je j'ai tu il elle nous vous ils
        elles on me te se lui leur mon ma mes ton ta tes son sa ses notre nos votre vos leurs ce cet
        cette ces cela ça ici là maintenant aujourd'hui hier avant après bien mal ainsi donc alors tout
        toute tous toutes rien chaque autre même au aux car y j c s qu'il qu'elle qu d'un d'une n'est
        n'a pas depuis jusqu'à
    """,
    "de": """
        der die das den dem des ein eine einen einem einer eines und oder aber auch noch nur schon sehr
        viel viele wenig mehr weniger von vom zu zum zur in im an am auf aus bei beim mit nach für über
        unter vor durch gegen ohne um bis seit zwischen als wie wenn weil dass ob nicht kein keine
        keinen nie immer wieder ist sind war waren sein gewesen bin bist hat habe haben hatte hatten
        wird werden wurde wurden kann können konnte soll muss müssen darf will ich du er sie es wir
        ihr mich mir dich dir ihn ihm uns euch mein meine meinen meiner dein deine sein seine unser
        unsere dieser diese dieses diesen diesem jeder jede alles alle was wer wo wann warum hier dort
        da jetzt heute gestern so dann doch also etwas nichts man selbst andere anderen denn leider
        trotzdem damit
    """,
    "it": """
        il lo la i gli le l un uno una di del dello della dei degli delle a al allo alla ai agli alle
        da dal dalla in nel nella nei nelle su sul sulla con per tra fra senza e ed o ma più meno molto
        molta molti molte poco troppo che chi cui quale quando dove come perché se non né mai sempre
        già ancora anche solo è sono era erano stato stata essere ho hai ha abbiamo hanno aveva avevo
        avere fa fatto fare va può posso io tu lui lei noi voi loro mi ti si ci vi mio mia miei mie tuo
        tua suo sua suoi sue nostro questo questa questi queste quello quella qui lì ora oggi ieri
        prima dopo bene male così allora quindi tutto tutta tutti tutte niente nulla ogni altro altra
        stesso stessa c'è dell'
    """,
    "nl": """
        de het een en of maar ook nog al zeer heel erg veel weinig meer minder van voor met zonder op
        aan in uit bij naar om over onder door tegen tot tussen als zoals wanneer omdat dat dit die
        deze niet geen nooit altijd weer is zijn was waren ben bent heb heeft hebben had hadden wordt
        worden werd kan kunnen kon moet mag wil zal zou ik jij je hij zij ze wij we jullie u mij me
        hem haar ons hun mijn jouw zijn onze er hier daar nu vandaag gisteren dan toch dus iets niets
        alles alle wat wie waar hoe waarom men zelf andere helaas echt
    """,
    "pl": """
        i w z na do od po za o u przez przed pod nad dla bez ze we oraz ale lub albo więc bo że żeby
        jak kiedy gdzie co kto który która które nie tak już jeszcze też tylko bardzo dużo mało
        więcej mniej jest są był była było były być mam ma mają miał miała mieć będzie może można
        trzeba ja ty on ona ono my wy oni mnie mi cię ci go jej jego ich nas nam się mój moja moje
        swój ten ta to te tego tej tym tam tu teraz dziś wczoraj zawsze nigdy wszystko każdy inny
        sam nic coś niestety
    """,
    "tr": """
        ve veya ama fakat ile için gibi kadar göre sonra önce daha çok az en bir bu şu o ben sen biz
        siz onlar bana sana ona bize beni seni benim senin onun bizim ne neden nasıl nerede kim hangi
        değil var yok mı mi mu mü da de ki ise hem ya hiç her şey şeyi her zaman şimdi bugün dün
        olan oldu olarak olur olduğu ediyorum ettim etti geldi gelmedi aldım verdim yaptım istiyorum
        tüm bütün sadece bile artık yine hala
    """,
    "vi": """
        và là của có không được cho với các một những này đó thì mà như khi nếu vì nên cũng đã đang sẽ
        rất lắm quá hơn nhiều ít tôi mình bạn anh chị em nó họ chúng ta ở trong ngoài trên dưới từ đến
        ra vào lại rồi chưa còn chỉ hay hoặc nhưng bị do về theo sau trước gì ai đâu sao thế nào mọi
        cả luôn nữa
    """,
    "id": """
        yang dan di ke dari untuk dengan pada ini itu ada tidak tak bukan belum sudah akan bisa dapat
        harus saya aku kamu anda dia kami kita mereka nya juga lagi saja hanya sangat sekali lebih
        kurang banyak sedikit atau tapi tetapi karena jika kalau seperti oleh dalam luar atas bawah
        sebelum sesudah setelah apa siapa mana kapan kenapa bagaimana semua setiap lain sama masih
        pernah selalu jadi
    """,
}  # fmt: skip

SHOPPING: dict[str, str] = {
    "en": """
        good great nice excellent perfect awesome amazing love loved like liked best better bad worst
        terrible horrible awful poor fine happy satisfied disappointed recommend recommended
        product products item items quality price cheap expensive money worth value buy bought purchase
        purchased order ordered delivery delivered shipping shipped arrived package packaging box seller
        store shop service return returned refund broken broke defective damaged missing wrong works
        work working worked stopped fits fit size small large big color colour material cable battery
        phone case shoes shirt dress black white fast quick slow late easy use used using time day days
        week weeks month thanks thank please help need want stars waste sound guitar strings
        cheaply made sturdy exactly described advertised received come came looks look feels feel
    """,
    "pt": """
        bom boa bons boas ótimo ótima otimo otima excelente perfeito perfeita maravilhoso lindo linda
        péssimo péssima ruim horrível gostei adorei amei recomendo recomendado satisfeito satisfeita
        decepcionado produto produtos qualidade preço caro barato dinheiro vale compra comprei comprar
        pedido entrega entregue entregaram chegou chegaram recebi receber recebido prazo antes rápido
        rápida rapida atraso atrasado loja vendedor embalagem caixa veio vieram errado defeito quebrado
        faltando troca trocar devolução devolver funciona funcionou tamanho pequeno grande cor tecido
        celular capa sapato vestido preto branco fácil usar dia dias semana mês obrigado obrigada nota
        estrelas frete correios aguardando ainda conforme anunciado parabéns super gostaria atendimento
        tudo certo dentro lindos
    """,
    "es": """
        bueno buena buenos buenas buen excelente perfecto perfecta maravilloso bonito bonita malo mala
        pésimo horrible gusta gustó encanta encantó recomiendo recomendado recomendable contento
        contenta satisfecho decepcionado producto productos calidad precio caro barato dinero vale compra
        compré comprar pedido entrega entregado llegó llegaron recibí recibir recibido plazo rápido
        rápida envío tarde tienda vendedor embalaje caja vino equivocado defecto defectuoso roto falta
        cambio cambiar devolución devolver funciona funcionó talla pequeño grande color tela móvil
        funda zapatos vestido negro blanco fácil usar día días semana mes gracias estrellas atención
        calidad-precio estafa cumple
    """,
    "fr": """
        bon bonne bons bonnes excellent excellente parfait parfaite super génial magnifique joli jolie
        beau belle mauvais mauvaise nul nulle horrible aime adore recommande content contente satisfait
        satisfaite déçu déçue produit produits qualité prix cher argent vaut achat acheté acheter
        commande commandé livraison livré arrivé arrivée reçu recevoir délai rapide retard colis
        boutique vendeur emballage boîte cassé défaut défectueux manque échange retour rembourser
        remboursement fonctionne marche taille petit petite grand grande couleur tissu téléphone coque
        chaussures robe noir blanc facile utiliser jour jours semaine mois merci étoiles conforme
        arnaque service
    """,
    "de": """
        gut gute guter gutes super toll tolle perfekt ausgezeichnet schön schöne schlecht schlechte
        furchtbar gefällt liebe empfehlen empfehlenswert zufrieden enttäuscht produkt produkte artikel
        ware qualität preis teuer billig günstig geld wert kauf gekauft kaufen bestellung bestellt
        lieferung geliefert angekommen erhalten schnell schnelle spät verspätung paket laden verkäufer
        verpackung kaputt defekt beschädigt fehlt falsch umtausch rücksendung zurück funktioniert geht
        größe klein groß farbe stoff material handy hülle schuhe kleid schwarz weiß einfach benutzen
        tag tage woche wochen monat danke bitte sterne passt leistung versand jederzeit gerne
    """,
    "it": """
        buono buona buoni ottimo ottima ottimi eccellente perfetto perfetta bello bella brutto pessimo
        pessima orribile piace piaciuto consiglio consigliato contento soddisfatto soddisfatta deluso
        delusa prodotto prodotti qualità prezzo caro economico soldi vale acquisto acquistato comprato
        comprare ordine ordinato consegna consegnato spedizione arrivato arrivata ricevuto veloce
        ritardo pacco negozio venditore imballaggio scatola rotto difetto difettoso manca sbagliato
        cambio reso restituire rimborso funziona taglia piccolo grande colore tessuto telefono custodia
        scarpe vestito nero bianco facile usare giorno giorni settimana mese grazie stelle come
        descritto
    """,
    "nl": """
        goed goede prima mooi mooie prachtig perfect slecht slechte blij tevreden teleurgesteld aanrader
        product kwaliteit prijs duur goedkoop geld waard gekocht kopen bestelling besteld levering
        geleverd ontvangen snel snelle laat pakket winkel verkoper verpakking kapot stuk fout ruilen
        retour terug werkt maat klein groot kleur stof schoenen jurk dagen week maand bedankt
    """,
    "pl": """
        dobry dobra dobre super świetny świetna świetnie polecam piękny piękna ładny zły słaby jestem
        zadowolona zadowolony produkt jakość cena drogi tani pieniądze warto zakup kupiłam kupiłem
        zamówienie dostawa dostałam przyszła przesyłka szybko szybka sklep sprzedawca opakowanie
        zepsuty uszkodzony brakuje zwrot działa rozmiar mały duży kolor materiał buty sukienka dni
        tydzień dziękuję
    """,
    "tr": """
        güzel iyi kötü harika mükemmel berbat tavsiye ederim memnun memnunum kaldım ürün ürünü kalite
        kaliteli fiyat pahalı ucuz para değer sipariş kargo hızlı geç teslim paket paketleme satıcı
        mağaza kırık bozuk eksik yanlış iade çalışıyor çalışmıyor beden küçük büyük renk kumaş
        ayakkabı elbise gün hafta teşekkürler beğendim
    """,
    "vi": """
        tốt đẹp hàng sản phẩm chất lượng giá rẻ đắt tiền mua đặt giao nhanh chậm nhận shop đóng gói hộp
        hỏng lỗi thiếu sai đổi trả dùng size nhỏ to màu vải giày váy ngày tuần cảm ơn hài lòng thích
        đúng mô tả áo
    """,
    "id": """
        bagus baik cantik jelek buruk suka puas kecewa rekomendasi barang produk kualitas harga mahal
        murah uang beli pesan pesanan kirim pengiriman cepat lama sampai terima paket toko penjual
        kemasan rusak cacat kurang salah tukar kembali berfungsi ukuran kecil besar warna bahan sepatu
        baju hari minggu bulan terima kasih sesuai gambar mantap
    """,
}  # fmt: skip
