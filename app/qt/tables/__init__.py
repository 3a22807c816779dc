"""One set of parts for every table of rows: a panel is a `TableSpec`, its rows, and its sentences for an empty table.

A panel declares what it shows and hands in what was read; filter, order, columns, totals, copying, export, keys and
what a screen reader hears come from here:

    SPEC = TableSpec(
        name="holdings",
        title="Holdings",
        columns=(
            ColumnSpec("instrument", "Instrument", lambda row, _: row.record.symbol, lambda row: row.record.symbol,
                       align=Align.LEFT, least=240, second=lambda row: row.record.exchange),
            ColumnSpec("quantity", "Qty", lambda row, figures: figures.units(row.record.quantity),
                       lambda row: row.record.quantity, least=60, strong=True),
            ColumnSpec("pnl", "P&L", lambda row, figures: figures.signed(row.record.pnl),
                       lambda row: row.record.pnl, least=138, tone=Tone.MONEY, total=lambda row: row.record.pnl),
        ),
        words=lambda row: f"{row.record.symbol} {row.record.exchange}",
        said=TableWords(count=lambda n: tr("1 holding") if n == 1 else tr("{n} holdings", n=n), none="No holdings",
                        unread="Holdings were not read yet."),
    )

    class HoldingsPanel(TablePage[Holding]):
        def __init__(self, desk: Desk) -> None:
            super().__init__(desk, SPEC)

        def groups(self) -> Sequence[Group[Holding]]:    # asked by refresh(now), which the window calls
            return [
                group_of(account, view, rows_of(account, view, view.rows if view else None, key=lambda held: held.isin))
                for account in self.desk.board.accounts
                for view in [self.desk.board.book(Book.HOLDINGS, account.user_id)]
            ]

The modules, from the pure to the painted: `spec` (columns and tables as data), `rows` (what is handed in), `lines`
(rows as they are kept), `arrange` (filter, order, groups, parts), `sums`, `choice` (columns as the user wants them),
`fit` (columns that the room allows), `copying` (text and CSV), `head_words` and `spoken` (sentences); `model`, `feed`,
`live`, `pacing`, `tint`, `columns`, `keeping` (what lives between Qt and these); `cells`, `heads`, `painting`, `view`,
`totals`, `bar`, `chips`, `menu`, `details`, `export`, `taking`, `empty`, `page` (what is seen).
"""
