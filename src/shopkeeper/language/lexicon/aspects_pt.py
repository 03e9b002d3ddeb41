"""What Portuguese reviews speak of; terms with and without accents."""

from __future__ import annotations

from shopkeeper.language.lexicon import terms

ASPECTS_PT: dict[str, tuple[str, ...]] = {
    "quality": terms("""
        qualidade|acabamento|defeito|defeitos|defeituos*|com defeito|quebrad*|quebrou|quebra fácil|estragad*|estragou|rasgad*|
        rasgou|riscad*|frágil|fragil|resistente|durável|duravel|bem feito|bem feita|mal feito|mal feita|danificad*|avariad*|
        arranhad*|amassad*|trincad*|usado|usada|enferrujad*|descolou|descolando|soltou|soltando
    """),
    "size": terms("""
        tamanho|tamanhos|medida|medidas|muito pequen*|muito grande|menor que|menor do que|maior que|maior do que|pequeno demais|
        grande demais|apertad*|largo|larga|serviu|não serve|não serviu|coube|não cabe|curto|curta|comprido|comprida
    """),
    "colour": terms("cor|cores|coloração|desbot*|manchou|tonalidade|amarelad*"),
    "material": terms("""
        tecido|material|materiais|plástico|plastico|couro|algodão|algodao|fino|fina|finos|finas|macio|macia|confortável|
        confortavel|conforto|áspero|aspero|espessura|transparente
    """),
    "taste": terms(
        "sabor|gosto ruim|gostoso|gostosa|saboroso|vencido|vencida|validade|doce demais"
    ),
    "smell": terms(
        "cheiro|cheiros|cheirando|fedor|fedendo|odor|perfume|fragrância|fragrancia|fixação"
    ),
    "function": terms("""
        funciona*|não funciona|nao funciona|não liga|nao liga|parou de funcionar|desempenho|travando|trava|lento|lenta|
        aquece|esquenta|conexão|conecta|bluetooth|configuração|eficiente|eficaz|compatível|compativel|não carrega|imprime|potência|potente
    """),
    "ease": terms("""
        fácil|facil|facilidade|difícil de|dificil de|instalação|instalacao|instalar|instalei|montagem|montar|montei|manual|
        instruções|instrucoes|prático|pratico|prática|praticidade
    """),
    "battery": terms("bateria|carregador|recarga|carregar|pilha|pilhas"),
    "sound": terms("som|barulho|barulhento|ruído|ruido|áudio|audio|silencios*|volume"),
    "display": terms("tela|imagem|resolução|resolucao|brilho"),
    "appearance": terms("""
        bonito|bonita|lindo|linda|lindos|lindas|feio|feia|aparência|aparencia|design|modelo|elegante|estampa
    """),
    "price": terms("""
        preço|preco|preços|valor|custo benefício|custo beneficio|custo-benefício|custo x benefício|barato|barata|caro|cara|
        promoção|promocao|desconto|vale a pena|valeu a pena|dinheiro|em conta
    """),
    "delivery": terms("""
        entrega|entregas|entregue|entregues|entregou|entregaram|entregar|prazo|prazos|chegou|chegaram|chegar|chega|não recebi|
        nao recebi|recebi antes|recebi dentro|recebi no prazo|ainda não|frete|correio|correios|transportadora|rapidez|atraso|
        atrasou|atrasad*|demora|demorou|demorad*|antes do prazo|antes do previsto|rastreamento|rastreio|envio|enviou|enviaram|
        pontualidade|pontual|aguardando|até agora|até o momento|não veio|nao veio|estou esperando|motoboy
    """),
    "packaging": terms(
        "embalagem|embalagens|embalado|embalada|embalados|caixa|lacrado|lacre|plástico bolha|bem embalad*"
    ),
    "service": terms("""
        atendimento|atendente|atenderam|vendedor|vendedora|vendedores|loja|lojas|suporte|sac|troca|trocar|devolução|devolucao|
        devolver|devolvi|reembolso|reembols*|estorno|garantia|responderam|resposta|retorno|contato|reclamação|reclamacao|
        nota fiscal|cancelar|cancelamento|cancelei|cancelado|dinheiro de volta|assistência
    """),
    "authenticity": terms("""
        original|originais|falso|falsa|falsificad*|pirata|réplica|replica|genuíno|autêntico|paralelo|não é original|primeira linha
    """),
    "description": terms("""
        anunciado|anúncio|anuncio|descrição|descricao|descrito|diferente do|diferente da|conforme|foto|fotos|propaganda|
        produto errado|veio errado|veio errada|não corresponde|esperado|expectativa|expectativas|de acordo
    """),
    "quantity": terms("""
        faltou|faltando|falta um|falta uma|faltaram|incompleto|incompleta|quantidade|só veio|só recebi|recebi apenas|
        recebi somente|veio apenas|veio só|acessórios|parcial|apenas uma|apenas um|somente um|somente uma
    """),
    "safety": terms(
        "alergia|alérgic*|irritação|irritou|coceira|sujo|suja|seguro|segura|segurança|perigos*"
    ),
    "": terms("uma vez que|com certeza|de segunda|segunda-feira"),
}
