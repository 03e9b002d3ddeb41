"""A chat model made on the spot that always says the same: one link of a chain a token."""

import itertools
from pathlib import Path

import pytest

PIECES = ('{"label"', ': "posi', 'tive"', "}")
TEMPLATE = (
    "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


@pytest.fixture(scope="session")
def tiny_chat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny Llama that answers every prompt with `{"label": "positive"}`."""
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("tiny-chat")
    save_tiny_chat(folder)
    return folder


def save_tiny_chat(folder: Path) -> None:
    """Write a Llama whose next token depends on the last one alone, and its tokenizer.

    Attention and feed-forward give nothing, so the state is the last token's embedding; the head's
    row of each token of the chain is the embedding of the token before it.
    """
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    signs = sorted(pre_tokenizers.ByteLevel.alphabet())
    plain = Tokenizer(models.BPE(vocab={sign: i for i, sign in enumerate(signs)}, merges=[]))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=plain, eos_token="<|end|>", pad_token="<|end|>"
    )
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|assistant|>"]})
    tokenizer.add_tokens(list(PIECES))
    tokenizer.chat_template = TEMPLATE
    torch.manual_seed(5)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer), hidden_size=64, intermediate_size=16, num_hidden_layers=1,
            num_attention_heads=2, max_position_embeddings=4096, tie_word_embeddings=False,
            eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id, bos_token_id=None,
        )
    )  # fmt: skip
    with torch.no_grad():
        model.model.layers[0].self_attn.o_proj.weight.zero_()
        model.model.layers[0].mlp.down_proj.weight.zero_()
        states = torch.nn.functional.normalize(torch.randn(len(tokenizer), 64), dim=1)
        model.model.embed_tokens.weight.copy_(states)
        model.lm_head.weight.zero_()
        chain = ["<|assistant|>", *PIECES, "<|end|>"]
        ids = tokenizer.convert_tokens_to_ids(chain)
        for before, after in itertools.pairwise(ids):
            model.lm_head.weight[after] = states[before]
    model.generation_config.do_sample = False
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
