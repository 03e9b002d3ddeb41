"""What the answer of `lifetime_value` says in words; every number in a sentence stands in a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from shopkeeper.operations.behaviour.small_cells import is_small
from shopkeeper.operations.segments.beginnings import COVARIATES
from shopkeeper.operations.segments.guards import LEAST
from shopkeeper.operations.segments.lifetime.covariates import apart
from shopkeeper.words import Words, counted

if TYPE_CHECKING:
    from shopkeeper.operations.segments.lifetime.judging import Plan

Row = dict[str, Any]
TOLD = 3
"""Values of covariates that are told at most."""

TITLE = Words("What customers are expected to buy and to spend", "顾客未来价值")
DEFINITIONS = {
    "historic_number_of_orders": Words("Days with a paid order so far.", "至今有支付订单的天数。"),
    "days_since": Words(
        "Days from the last purchase to the end of the data.", "距最近一次购买的天数。"
    ),
    "p_active": Words(
        "Probability of still being active, by BG/NBD; its ends are those of how surely the parameters"
        " are known.",
        "按 BG/NBD 估计的仍活跃概率；区间反映参数的不确定性。",
    ),
    "churn_probability": Words(
        "1 − the probability of being active. For who bought once it is 0 by construction: BG/NBD lets"
        " customers leave only after they have bought again. How likely these are not to come back is"
        " what the verb `churn` says.",
        "1 − 仍活跃概率。只买过一次的顾客，此值按构造就是 0：BG/NBD 只允许顾客在再次购买之后流失；"
        "他们有多大可能不再回来，请看 `churn`。",
    ),
    "predicted_number_of_orders": Words(
        "Days with a paid order expected within the days ahead; orders_low and orders_high hold 95 % of"
        " what the model thinks possible.",
        "未来天数内预期有支付订单的天数；上下限之间占模型认为可能的 95%。",
    ),
    "value_of_one": Words(
        "Net value expected of one purchase, by Gamma-Gamma; one_low and one_high hold 95 %.",
        "按 Gamma-Gamma 估计的单次购买净额；上下限之间占 95%。",
    ),
    "predicted_clv": Words(
        "Expected purchases × value of one, within the days ahead; clv_low and clv_high hold about 95 % of"
        " what the models think possible, value_coverage says of how many it held.",
        "未来天数内的预期购买次数 × 单次购买净额；上下限之间约占模型认为可能的 95%，实际覆盖率见金额区间覆盖率。",
    ),
    "total_clv": Words("Historic value + predicted value.", "至今净额 + 预期净额。"),
    "average_order_value": Words(
        "Value so far ÷ purchases so far; order_value_low and order_value_high are the 95 % interval of the"
        " customer's own mean, were they to go on as they do (gamma payments).",
        "至今净额 ÷ 至今购买次数；上下限是该顾客自身均值的 95% 区间（金额按 Gamma 分布）。",
    ),
    "average_days_between_orders": Words(
        "Days from the first purchase to the last ÷ purchases after the first, with the 95 % interval of the"
        " customer's own mean (exponential gaps); empty for who bought once.",
        "首次到最近一次购买的天数 ÷ 首次之后的购买次数，附该顾客自身均值的 95% 区间（间隔按指数分布）；只买过一次的为空。",
    ),
    "expected_date_of_next_order": Words(
        "Day by which half of such customers who are active buy next; next_order_low and next_order_high"
        " hold 95 %. Empty where it is over ten years ahead.",
        "同类且仍活跃的顾客有一半会在此日之前再次购买；上下限之间占 95%；超过十年的留空。",
    ),
    "purchases_coverage": Words(
        "Share of customers whose purchases in the days kept aside lay within their interval; 95 % or more"
        " is right, for counts are whole. Empty where too few lay without to be counted.",
        "留出期内购买次数落在各自区间内的顾客比例；次数是整数，95% 或略高为准确。落在区间外的人太少时留空。",
    ),
    "value_coverage": Words("The same of value.", "同上，按金额。"),
    "historic_clv": Words(
        "Paid less refunds so far, in the one currency; a negative total lessens it as it stands.",
        "至今的支付金额 − 退款金额，同一币种；负的订单金额按原样计入。",
    ),
    "error": Words("Standard error of the parameter.", "参数的标准误差。"),
    "orders_a_year": Words(
        "Purchases a year of a customer who is active, r ÷ α, other covariates at their commonest value.",
        "活跃顾客每年的购买次数，其他协变量取最常见的值。",
    ),
    "times_base": Words(
        "That against the commonest value of the covariate; effects are held to none by a normal prior of"
        " standard deviation 1, so that few customers move them little.",
        "与该协变量最常见取值之比；效应受标准差为 1 的正态先验约束，人数少的取值变动小。",
    ),
    "leaves": Words(
        "Probability of never buying again after a purchase, a ÷ (a + b).",
        "一次购买之后不再购买的概率。",
    ),
    "tenth": Words(
        "Tenth of the customers by what was expected of them, the lowest first.",
        "按预期从低到高分成的十组。",
    ),
    "happened": Words(
        "Mean purchases in the days kept aside, with its bootstrap interval.",
        "留出期内的平均购买次数，附自助法区间。",
    ),
    "purchases_rmse": Words(
        "Root mean square error of purchases a customer; expectations are right to make this small.",
        "每位顾客购买次数的均方根误差；期望值应使它最小。",
    ),
    "purchases_mae": Words(
        "Mean absolute error of purchases a customer; where most buy nothing it favours the guess of"
        " nothing.",
        "每位顾客购买次数的平均绝对误差；多数人不再购买时，它偏向“一律不买”的猜测。",
    ),
    "purchases_ratio": Words(
        "Purchases expected of all ÷ purchases that happened; 1 is right.",
        "全部顾客的预期购买次数 ÷ 实际次数；1 为准确。",
    ),
    "value_rmse": Words(
        "Root mean square error of value a customer.", "每位顾客金额的均方根误差。"
    ),
    "value_mae": Words("Mean absolute error of value a customer.", "每位顾客金额的平均绝对误差。"),
    "value_ratio": Words(
        "Value expected of all ÷ value that happened; 1 is right.",
        "全部顾客的预期金额 ÷ 实际金额；1 为准确。",
    ),
}


def sentences(
    plan: Plan, rows: pa.Table, quality: list[Row], covariates: list[Row], currency: str
) -> Iterator[Words]:
    """Yield what a shopkeeper should know first."""
    yield _highest(rows, plan.horizon_days, currency)
    days = plan.horizon_days
    yield from _active(rows)
    yield from _by_covariates(covariates)
    told = {(row["method"], row["metric"]): row for row in quality}
    if not told:
        return
    ratio = told["bg_nbd", "purchases_ratio"]
    if ratio["low"] is not None and ratio["low"] == ratio["low"]:
        value, low, high = (f"{ratio[name]:.2f}" for name in ("value", "low", "high"))
        yield Words(
            f"Predicted from earlier data, the purchases of the last {days:,} days came out {value} times those that"
            f" happened (95 % interval {low} to {high}).",
            f"用之前的数据预测最近 {days:,} 天，预期购买次数是实际的 {value} 倍（95% 区间 {low} 至 {high}）。",
        )
    own, same = (told[one, "purchases_rmse"]["value"] for one in ("bg_nbd", "same_again"))
    trees = told.get(("boosted", "purchases_rmse"))
    beside = (
        Words(f", boosted trees by {trees['value']:.3f}", f"，梯度提升树为 {trees['value']:.3f}")
        if trees
        else Words("", "")
    )
    yield Words(
        f"A customer's purchases were missed by {own:.3f} (root mean square); the guess that everybody does"
        f" the same again missed by {same:.3f}{beside.en}.",
        f"每位顾客购买次数的均方根误差为 {own:.3f}；若假定“和上一期一样”，误差为 {same:.3f}{beside.zh}。",
    )
    if ("bg_nbd_minus_alone", "purchases_rmse") in told:
        yield _with_and_without(
            told["bg_nbd_alone", "purchases_rmse"], told["bg_nbd_minus_alone", "purchases_rmse"]
        )


def _highest(rows: pa.Table, days: int, currency: str) -> Words:
    """Say what the highest tenth is expected to bring: of twenty customers at least, for one is nobody's to tell."""
    most = max(LEAST, rows.num_rows // 10)
    mean = pc.mean(rows["predicted_clv"].slice(0, most)).as_py()
    mark = f"{currency} " if currency else ""
    return Words(
        f"Of {counted(rows.num_rows, 'customer')} the {most:,} most valuable are expected to bring {mark}{mean:,.2f}"
        f" each within {days:,} days.",
        f"共 {rows.num_rows:,} 位顾客；其中最有价值的 {most:,} 位预计在 {days:,} 天内人均带来 {mark}{mean:,.2f}。",
    )


def _active(rows: pa.Table) -> Iterator[Words]:
    """Say how likely those who bought again are to be active still; who bought once is so by construction."""
    again = rows.filter(pc.greater(rows["historic_number_of_orders"], 1))
    if again.num_rows < LEAST:
        return
    of = counted(again.num_rows, "customer")
    many = Words(f"the {of} who bought again", f"复购过的 {again.num_rows:,} 位顾客")
    if is_small(rows.num_rows - again.num_rows):
        many = Words("those who bought again", "复购过的顾客")
    share = pc.mean(again["p_active"]).as_py()
    yield Words(
        f"On average {many.en} are active still with a probability of {share:.1%};"
        " who bought once is left out, for the model cannot tell whether they left.",
        f"{many.zh}平均有 {share:.1%} 的概率仍活跃；只买过一次的不计入，因为模型看不出他们是否已流失。",
    )


def _by_covariates(rows: list[Row]) -> Iterator[Words]:
    """Yield how fast customers of one beginning buy against those of another, where that is sure."""
    for row in apart(rows)[:TOLD]:
        base = next(one for one in rows if one["covariate"] == row["covariate"] and one["is_base"])
        called = COVARIATES[row["covariate"]]
        times, low, high = (f"{row[f'times_base{end}']:.2f}" for end in ("", "_low", "_high"))
        yield Words(
            f"By {called.en}: {counted(row['customers'], 'customer')} of {row['value_en']} buy {times} times as"
            f" often, while they are active, as those of {base['value_en']} (95 % interval {low} to {high}).",
            f"按{called.zh}：“{row['value_zh']}”的 {row['customers']:,} 位顾客，活跃期间的购买频率是"
            f"“{base['value_zh']}”的 {times} 倍（95% 区间 {low} 至 {high}）。",
        )


def _with_and_without(alone: Row, less: Row) -> Words:
    value, low, high = (f"{less[name]:+.4f}" for name in ("value", "low", "high"))
    return Words(
        f"Without the covariates the miss is {alone['value']:.3f}; they change it by {value}"
        f" (95 % interval {low} to {high}).",
        f"不用协变量时误差为 {alone['value']:.3f}；加入协变量后变化 {value}（95% 区间 {low} 至 {high}）。",
    )


def limits(plan: Plan, *, held_out: bool, alone: bool, edge: bool, once: bool) -> tuple[Words, ...]:
    """Return what the answer cannot say."""
    said = [
        Words(
            "It knows when and for how much customers bought: no seasons, prices or campaigns.",
            "只依据购买时间与金额：不了解季节、价格和营销活动。",
        ),
        Words(
            "Orders of one day are one purchase. Who bought before the data begins looks new.",
            "同一天的订单算一次购买。数据开始之前买过的人看起来像新客。",
        ),
        Words(
            "Who bought often and is silent longer than usual is soon held to have left: the rhythm is that of all"
            " customers. `churn` goes by each customer's own.",
            "经常购买的顾客若沉默略久，很快会被判为已流失，因为流失快慢按全体估计；按各自节奏判断请用 `churn`。",
        ),
        Words(
            "A customer's figures are expectations, and single customers scatter widely around them.",
            "各项为期望值，单个顾客的实际会有很大出入。",
        ),
    ]
    if once:
        said.append(
            Words(
                "Who bought once counts as surely active, however long ago that was: the model lets"
                " customers leave only after they have bought again. Expected purchases do shrink. How likely these"
                " are not to come back is what `churn` says.",
                "只买过一次的顾客，不论时隔多久，活跃概率都是 100%：模型只允许顾客在再次购买之后流失；"
                "其预期购买次数仍会随时间减少。他们有多大可能不再回来，请看 `churn`。",
            )
        )
    if edge:
        said.append(
            Words(
                "A parameter ran to the end of its range: these purchases hardly say who leaves for good,"
                " so the probability of being active tells little.",
                "有参数取到了范围的边界：这些购买几乎看不出谁已流失，因此仍活跃的概率参考价值不大。",
            )
        )
    if alone:
        said.append(
            Words(
                "Before the days kept aside a covariate had no two values of enough customers, so nothing says whether"
                " it helps.",
                "留出期之前，有协变量没有两个人数足够的取值，因此无从得知它是否有用。",
            )
        )
    if not held_out:
        said.append(
            Words(
                f"The data is too short to keep {plan.horizon_days:,} days aside, so nothing says how right it is.",
                f"数据太短，无法留出 {plan.horizon_days:,} 天检验，因此无从得知准确程度。",
            )
        )
    return tuple(said)
