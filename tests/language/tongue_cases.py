"""Short texts of shops with their language, written for this test."""

CASES: dict[str, str] = {
    "zh": """
        质量很好
        不错
        物流太慢了，等了一个星期
        衣服掉色严重，再也不买了
        客服态度差
        包装完好，发货快
        跟描述的一样，值得购买！
        買給媽媽的，她很喜歡
        尺碼偏小，建議拿大一號
        手机用了两天就死机
        iPhone 手机壳很薄，贴合
        差评！！！
        一般般吧
        老人穿着很舒服
        请问什么时候发货
        能开发票吗？
        这款有 XL 吗
        洗了一次就起球
        味道怪怪的
        卖家送了小礼物，开心😊
        屏幕有划痕，要求退款
        音质对得起这个价格
        第二次买了
        收到货了还没用
        電池續航不行
        不知道是不是正品
        好用の洗面奶
        颜色和图片不符
        孩子爱不释手
        价格比超市便宜
        安装师傅很专业
        没有想象中好
    """,
    "en": """
        Great!
        good
        Works as advertised
        The zipper broke after two days
        my son loves it
        Too small, had to send it back
        arrived late and the box was crushed
        cheap plastic, would not buy again
        Does what it says
        where is my order?
        can I change the delivery address
        sounds amazing for the price
        exactly what I needed
        Not worth the money
        fits perfectly
        five stars
        Terrible customer service
        I ordered the blue one but got green
        smells weird
        easy to set up
        battery dies within an hour
        nice
        husband was happy with this
        keeps falling off
        Best purchase this year
        is this available in black?
        stopped charging
        what a waste
        lightweight yet sturdy
        color faded after washing
        I'd give zero stars if I could
        pretty but uncomfortable
        wireless headphones
        do you ship to Canada
        seems fine so far
        returned it the same day
    """,
    "pt": """
        Muito bom
        recomendo
        Produto chegou antes do prazo
        Não recebi o produto
        veio com defeito
        gostei bastante
        ótima qualidade
        a entrega demorou demais
        Péssimo atendimento, quero meu dinheiro de volta
        tamanho menor que o esperado
        Chegou tudo certinho
        faltou uma peça
        meu filho adorou
        vou comprar de novo
        tecido fino
        a cor é diferente da foto
        comprei dois e só veio um
        Nota dez
        bem embalado
        Estou aguardando a troca
        nunca mais compro nessa loja
        bom custo benefício
        até agora não chegou
        relógio lindo
        Parabéns pela agilidade
        superou minhas expectativas
        não funciona
        a bateria dura pouco
        produto conforme descrito
        esperava mais
        quanto tempo demora a entrega?
        amei demais
        mercadoria errada
        loja confiável
    """,
    "es": """
        Muy bueno
        Llegó antes de lo esperado
        no funciona
        la tela es muy fina
        el paquete llegó roto
        Me encanta
        lo recomiendo totalmente
        no es lo que pedí
        ¿cuándo llega mi pedido?
        buena relación calidad precio
        a mi hija le queda pequeño
        pésima atención al cliente
        quiero devolverlo
        todavía no lo he recibido
        se rompió a la semana
        cumple con lo prometido
        el color no coincide con la foto
        muchas gracias por todo
    """,
    "fr": """
        Très bon produit
        Livraison rapide
        je suis déçue
        ne fonctionne plus après deux jours
        la couleur est différente de la photo
        conforme à la description
        trop petit pour moi
        mon fils est ravi
        je n'ai jamais reçu ma commande
        Parfait pour l'été
        le tissu gratte un peu
        à éviter
        quand sera livré mon colis ?
        bon rapport qualité prix
        j'adore cette robe
    """,
    "de": """
        Sehr gut
        Alles bestens
        die Lieferung kam zu spät
        funktioniert leider nicht mehr
        Passt wie angegossen
        nach zwei Wochen kaputt
        gerne wieder
        Verpackung war beschädigt
        mein Mann ist begeistert
        viel zu klein ausgefallen
        wann kommt mein Paket?
        Preis und Leistung stimmen
        schöne Farbe
        kann ich nur empfehlen
        der Stoff ist kratzig
    """,
    "it": """
        Molto bello
        ottimo prodotto
        non funziona
        spedizione veloce
        la taglia è troppo piccola
        sono rimasta delusa
        arrivato con due giorni di ritardo
        lo consiglio a tutti
        quando arriva il mio ordine?
        il colore è diverso dalla foto
        si è rotto subito
        mia figlia lo adora
        qualità scarsa
        imballaggio perfetto
        soldi buttati
    """,
    "ja": """
        とても良い
        配送が早かったです
        サイズが小さい
        また買います
        電池の持ちが悪い
        色が写真と違う
        ケース
        思ったより軽い
        まあまあ
        返品したい
    """,
    "ko": """
        좋아요
        배송이 빨라요
        사이즈가 작아요
        색상이 사진과 달라요
        다시는 안 사요
        환불해 주세요
        선물로 샀어요
        품질 최고
    """,
    "ru": """
        Отлично
        пришло быстро
        не работает
        размер маленький
        очень доволен покупкой
        верните деньги
        цвет не соответствует фото
        упаковка порвана
    """,
    "ar": """
        ممتاز
        المنتج جيد جدا
        لم يصل الطلب
        المقاس صغير
        أريد استرجاع المبلغ
        شكرا لكم
    """,
    "th": """
        ดีมาก
        ส่งเร็ว
        ของไม่ตรงปก
        ไซส์เล็กไป
        ขอคืนเงิน
        ใช้ดีค่ะ
    """,
    "nl": """
        heel blij mee
        snelle levering
        werkt niet meer na een week
        de kleur is anders dan op de foto
    """,
    "pl": """
        bardzo polecam
        przesyłka dotarła szybko
        nie działa
        za mały rozmiar
    """,
    "tr": """
        çok güzel
        kargo çok hızlıydı
        ürün bozuk geldi
        tavsiye ederim
    """,
    "vi": """
        hàng đẹp lắm
        giao hàng nhanh
        sản phẩm bị lỗi
        không giống hình
    """,
    "id": """
        barang bagus sekali
        pengiriman cepat
        barang rusak waktu sampai
        tidak sesuai gambar
    """,
    "und": """
        12345
        👍👍👍
        ...
        ok
        XJ-9000
        asdfghjkl
        !!!
        https://example.com/item
        a1b2c3
        qwrtzp
        ❤️
        5/5
    """,
}

MIXED: tuple[tuple[str, str], ...] = (
    ("zh", "这个 case 真的 nice，手感很好"),
    ("zh", "AirPods Pro 降噪效果不错，推荐大家买"),
    ("zh", "物流 very fast，包装也好，下次还来"),
    ("zh", "买了 M 码，穿着有点大"),
    ("zh", "Good！质量很好，颜色也很正"),
    ("en", "The 茶杯 is smaller than I expected but my mother likes it"),
    ("en", "It says 不锈钢 on the box, but it rusted after a month"),
    ("en", "I love this shop, 谢谢 for the quick delivery"),
    ("pt", "Comprei o case do iPhone e gostei muito"),
    ("pt", "o smartwatch não conecta no bluetooth do celular"),
    ("pt", "O produto 小米 chegou rápido e funciona muito bem"),
    ("ja", "日本語の説明書がなくて困りました"),
    ("ko", "USB 케이블이 너무 짧아요"),
    ("ru", "Xiaomi работает хорошо, спасибо"),
)


def labelled() -> list[tuple[str, str]]:
    """Return every case as (language, text)."""
    plain = [
        (language, line.strip())
        for language, block in CASES.items()
        for line in block.strip().splitlines()
    ]
    return [*plain, *MIXED]
