"""The figures of the benchmark as a table."""

ROWS = (
    ("floor", "bare SQL aggregates (the floor)"),
    ("refresh_first", "first refresh: every row is new, models fitted"),
    ("refresh_full", "full refresh a day later, models kept"),
    ("refresh_fitted", "full refresh a day later, models fitted and judged"),
    ("incremental", "refresh after 1,000 new invoices"),
    ("fit", "both model fits alone"),
    ("orm_loop", "loop over `total_invoiced` (300 customers, scaled up)"),
)
RATIOS = (
    ("full refresh / floor", "refresh_full", "floor", "at most 3"),
    ("full refresh with fit / floor", "refresh_fitted", "floor", "at most 6"),
    ("1,000 new invoices / full refresh", "incremental", "refresh_full", "at most 2 %"),
)


def markdown(runs):
    """Return two tables: seconds by size, and what the targets are about.

    A run maps each name to a pair: seconds on the clock, and of computing.
    """
    head = [
        f"{run['customers']:,} customers, {run['invoices']:,} invoices" for run in runs
    ]
    lines = [
        *_head("seconds (of computing)", head),
        *(_row(title, [_seconds(run, name) for run in runs]) for name, title in ROWS),
        _row("peak memory of Odoo, MB", [f"{run['memory_mb']:.0f}" for run in runs]),
        _row(
            "of it before the refresh", [f"{run['memory_idle_mb']:.0f}" for run in runs]
        ),
        "",
        *_head("ratio of computing", [*head, "target"]),
    ]
    for title, name, base, target in RATIOS:
        ratios = [_computing(run, name) / _computing(run, base) for run in runs]
        form = "{:.1%}" if "%" in target else "{:.1f}"
        lines.append(_row(title, [*map(form.format, ratios), target]))
    if len(runs) > 1:
        growth = [_computing(run, "refresh_full") for run in runs]
        data = [run["invoices"] for run in runs]
        cells = ["-"] + [
            f"{growth[i] / growth[i - 1]:.1f} for {data[i] / data[i - 1]:.0f} × data"
            for i in range(1, len(runs))
        ]
        lines.append(_row("full refresh / smaller size", [*cells, "no more than data"]))
    return "\n".join(lines)


def _head(first, cells):
    return [_row(first, cells), "|---|" + "---:|" * len(cells)]


def _row(first, cells):
    return f"| {first} | {' | '.join(cells)} |"


def _seconds(run, name):
    clock, computing = (
        f"{seconds:,.1f}" if seconds < 100 else f"{seconds:,.0f}"
        for seconds in run[name]
    )
    return f"{clock} ({computing})"


def _computing(run, name):
    return run[name][1]
