"""Do the economic tables agree with themselves and with each other?

Each test compares figures that come from different tables, offices or copies, so that a slip in one of them
(a lost decimal point, a swapped column, a wrong partner) shows. The tolerances say how well the sources agree.
"""

from __future__ import annotations

import pandas as pd
import pytest

import frenemies as fr

CUSTOMS, TURKSTAT, TURKSTAT_EARLY = "rosstat_fts_2022", "tuik_mgimo_2026_07", "tuik_mgimo_2026_02"
COW, ITC, COMTRADE, UNCTAD, TOTALS = (
    "cow_trade_v4",
    "itc_trademap_2018",
    "comtrade_meric_guler",
    "unctad_mtm",
    "tuik_gts_2023_12",
)
MONTHS, ORIGIN = "eurostat_nrg_ti_gasm", "eurostat_nrg_ti_gas"
WORLD_BANK_GDP, WORLD_BANK_PEOPLE, WORLD_BANK_PRICES = (
    "worldbank_ny_gdp_mktp_cd",
    "worldbank_sp_pop_totl",
    "worldbank_fp_cpi_totl_zg",
)
IMF, PENN, ECB, CBRT = "imf_weo_2019_04", "pwt_10", "ecb_eurofxref", "cbrt_evds"
FLOW = ["year", "reporter_iso3", "flow", "source_id"]


def annual(reporter: str, flow: str, source: str) -> pd.Series:
    """Goods trade of Turkey and Russia by year as one office recorded it, million dollars."""
    table = fr.load("trade_annual")
    chosen = table[(table.reporter_iso3 == reporter) & (table.flow == flow) & (table.source_id == source)]
    assert len(chosen), f"no rows for {reporter} {flow} {source}"
    return chosen.set_index("year").value_musd


def same(left: pd.Series, right: pd.Series, tolerance: float, at_least: int) -> None:
    """Both series agree within a relative tolerance on at least so many common entries."""
    gap = (left / right - 1).dropna().abs()
    assert len(gap) >= at_least, f"only {len(gap)} common entries"
    assert gap.max() <= tolerance, gap[gap > tolerance]


# Trade ------------------------------------------------------------------------------------------------------------


def test_twelve_months_make_the_year():
    """Values have three decimals: twelve rounding errors stay under 0.01 million."""
    months = fr.load("trade_monthly").assign(year=lambda t: t.month.dt.year)
    groups = months.groupby(FLOW).value_musd.agg(["sum", "size"]).query("size == 12")
    years = fr.load("trade_annual").set_index(FLOW).value_musd
    common = groups.join(years, how="inner")
    assert len(common) == 16 + 16 + 7 + 2, (
        "Russian record both ways 2006-2021, Turkish imports 2019-2025, 2025 both ways"
    )
    assert (common["sum"] - common.value_musd).abs().max() < 0.01


@pytest.mark.parametrize(
    ("table", "source", "flow", "years"),
    [
        ("trade_hs2_2013_2017", ITC, "export", range(2013, 2018)),
        ("trade_hs2_2013_2017", ITC, "import", range(2013, 2018)),
        ("trade_exports_hs2_2021_2024", COMTRADE, "export", range(2021, 2025)),
        ("trade_hs2_2025", TURKSTAT_EARLY, "export", [2025]),
        ("trade_hs2_2025", TURKSTAT_EARLY, "import", [2025]),
    ],
)
def test_chapters_make_the_total(table, source, flow, years):
    """About a hundred chapters with three decimals each: 0.05 million leaves room for rounding only."""
    goods = fr.load(table)
    sums = goods[goods.flow == flow].groupby("year").value_musd.sum()
    assert list(sums.index) == list(years)
    assert (sums - annual("TUR", flow, source).reindex(sums.index)).abs().max() < 0.05


def test_headings_stay_below_their_chapter():
    """Headings above 20 million are a part of each chapter, and together most of the trade: 71% of exports, 98% of imports."""
    headings, chapters = fr.load("trade_hs4_2025"), fr.load("trade_hs2_2025")
    assert (headings.hs4.str[:2] == headings.hs2).all()
    part = headings.groupby(["flow", "hs2"])[["value_musd", "net_weight_t"]].sum()
    whole = chapters.set_index(["flow", "hs2"])[["value_musd", "net_weight_t"]].reindex(part.index)
    assert (part - whole).max().max() <= 0.1
    share = part.value_musd.groupby("flow").sum() / chapters.groupby("flow").value_musd.sum()
    assert share.to_dict() == pytest.approx({"export": 0.706, "import": 0.983}, abs=0.002)


def test_sections_make_the_total():
    """SITC sections add up to the total row to the rounding of three decimals, and to trade_annual."""
    table = fr.load("trade_sitc")
    keys = ["year", "reporter_iso3"]
    total = table[table.sitc_section == "total"].set_index(keys).value_musd
    parts = table[table.sitc_section != "total"].groupby(keys).value_musd.sum()
    same(parts, total, 0.000001, 6)
    yearly = fr.load("trade_annual").query("source_id == @UNCTAD").set_index(keys).value_musd
    same(yearly, total, 0.0, 6)


def test_tables_that_share_rows_agree_exactly():
    years = fr.load("trade_annual").set_index(["year", "reporter_iso3", "partner_iso3", "flow", "source_id"]).value_musd
    for name, rows in (("trade_partners", 60), ("trade_partners_russia", 32)):
        partners = fr.load(name).set_index(years.index.names).value_musd
        shared = partners.index.intersection(years.index)
        assert len(shared) == rows
        assert (partners.loc[shared] == years.loc[shared]).all(), name


def test_independent_copies_of_turkish_imports_agree():
    """Correlates of War (whole millions) and ITC Trade Map both rest on Turkish customs data: 0.01% in 2013 and 2014."""
    same(annual("TUR", "import", COW), annual("TUR", "import", ITC), 0.0001, 2)


def test_mirror_gap_of_russian_exports():
    """Russian exports over Turkish imports: the two offices differ by -22% to +6%, and the sign changes (freight, lags, gas)."""
    turkish = pd.concat(
        [annual("TUR", "import", COW), annual("TUR", "import", ITC).loc[2015:], annual("TUR", "import", TURKSTAT)]
    )
    gap = (annual("RUS", "export", CUSTOMS) / turkish - 1).dropna()
    assert len(gap) == 15, "2006-2021 without 2018, for which no Turkish figure was found"
    assert gap.between(-0.22, 0.06).all(), gap
    known = {2006: -0.20, 2010: -0.06, 2012: 0.03, 2016: -0.11, 2019: -0.08, 2021: -0.07}
    assert gap.loc[list(known)].to_dict() == pytest.approx(known, abs=0.006)


def test_mirror_gap_of_turkish_exports():
    """Russia records 0 to 30% more goods from Turkey than Turkey sends there; in 1995 far less (shuttle trade)."""
    turkish = pd.concat([annual("TUR", "export", ITC), annual("TUR", "export", COMTRADE)])
    gap = (annual("RUS", "import", CUSTOMS) / turkish - 1).dropna()
    assert len(gap) == 6
    assert gap.between(0, 0.30).all(), gap
    assert annual("RUS", "import", COW)[1995] / annual("TUR", "export", UNCTAD)[1995] < 0.5


def test_russian_imports_in_two_sources():
    """Correlates of War and the Russian customs agree within 3% in 2006-2014; 2011 is the known exception (15%)."""
    ratio = (annual("RUS", "import", COW) / annual("RUS", "import", CUSTOMS) - 1).dropna()
    assert len(ratio) == 9
    assert ratio.drop(2011).abs().max() < 0.03
    assert ratio[2011] == pytest.approx(-0.151, abs=0.005)


def test_world_totals_of_two_trade_systems():
    """Special trade (Correlates of War) lies 3 to 7% below general trade (TurkStat); Comtrade repeats TurkStat to the thousand."""
    world = (
        fr.load("trade_partners")
        .query("partner_iso3 == 'WLD'")
        .set_index(["year", "flow", "source_id"])
        .value_musd.unstack()
    )
    gap = (world[COW] / world[TOTALS] - 1).dropna()
    assert len(gap) == 4 and gap.between(-0.07, -0.03).all()
    assert (world[COMTRADE] - world[TOTALS]).dropna().abs().max() < 0.001
    assert (world[COMTRADE] - world[TOTALS]).notna().sum() == 2


def test_partners_are_parts_of_the_world():
    """Single partners never add up to more than the world, and the same partners stay a steady part of it."""
    table = fr.load("trade_partners").query("reporter_iso3 == 'TUR'")
    parts = (
        table[~table.partner_iso3.isin(["WLD", "EU27"])]
        .groupby(["year", "flow", "source_id"])
        .value_musd.sum()
        .unstack()
    )
    world = table[table.partner_iso3 == "WLD"].set_index(["year", "flow", "source_id"]).value_musd.unstack()
    expected = {
        COW: (parts[COW], world[COW], 0.20, 0.50),
        ITC: (parts[ITC], world[TOTALS], 0.30, 0.60),
        COMTRADE: (parts[COMTRADE], world[COMTRADE], 0.35, 0.50),
    }
    for source, (named, whole, low, high) in expected.items():
        share = (named / whole).dropna()
        assert len(share) >= 4, source
        assert share.between(low, high).all(), (source, share)


def test_the_union_holds_its_members():
    exports = (
        fr.load("trade_partners")
        .query("source_id == @COMTRADE")
        .pivot(index="year", columns="partner_iso3", values="value_musd")
    )
    assert (exports[["DEU", "FRA", "ITA"]].sum(axis=1) < exports.EU27).all()
    assert (exports.EU27 / exports.WLD).between(0.40, 0.45).all()


@pytest.mark.parametrize("name", ["trade_partners", "trade_partners_russia"])
def test_no_value_leaps_out_of_its_series(name):
    """A slip by a factor of 1,000 would put a value outside 1/100 to 100 times the median of its own series (zeros apart)."""
    table = fr.load(name).query("value_musd > 0")
    median = table.groupby(["reporter_iso3", "partner_iso3", "flow", "source_id"]).value_musd.transform("median")
    assert (table.value_musd / median).between(0.01, 100).all()


def test_statements_agree_with_the_statistics_unless_marked():
    """Press figures on Turkish-Russian trade lie within 1.2% of the monthly record; those marked as contested do not."""
    months = fr.load("trade_monthly")
    months = months[months.source_id.isin([CUSTOMS, TURKSTAT])]
    points = fr.load("trade_reported_points")
    points = points[
        points.flow.isin(["export", "import"])
        & points.reporter_iso3.isin(["TUR", "RUS"])
        & points.partner_iso3.isin(["TUR", "RUS"])
    ]
    agreed, contested = [], []
    for point in points.itertuples():
        span = months[months.month.between(point.period_start, point.period_end)]
        span = span[(span.reporter_iso3 == point.reporter_iso3) & (span.flow == point.flow)]
        assert len(span), point
        gap = abs(point.value_musd / span.value_musd.sum() - 1)
        (contested if isinstance(point.note, str) and point.note.startswith("contested") else agreed).append(gap)
    assert len(agreed) == 10 and max(agreed) < 0.012
    assert len(contested) == 2 and min(contested) > 0.10


def test_first_releases_agree_with_later_statistics():
    """Press figures from TurkStat releases lie within 0.3% of the later table; exports of ten months are 75 to 90% of the year."""
    later = fr.load("trade_partners").query("reporter_iso3 == 'TUR' and source_id in [@TOTALS, @COMTRADE]")
    later = (
        later.drop_duplicates(["year", "partner_iso3", "flow"]).set_index(["year", "partner_iso3", "flow"]).value_musd
    )
    points = fr.load("trade_reported_points").query("reporter_iso3 == 'TUR' and stated_by == 'TurkStat'")
    points = points.assign(year=points.period_start.dt.year).set_index(["year", "partner_iso3", "flow"])
    full, part = points[points.coverage == "full year"].value_musd, points[points.coverage != "full year"].value_musd
    same(full, later, 0.003, 11)
    share = (part / later).dropna()
    assert len(share) == 3 and share.between(0.75, 0.90).all(), share


def test_kremlin_figure_of_2019_is_a_part_year():
    """21.7 billion is what the Russian record gives for January to October, 3.46 what it gives for imports to September."""
    months = fr.load("trade_monthly").query("source_id == @CUSTOMS")
    year = months[months.month.dt.year == 2019]
    assert year.value_musd.sum() == pytest.approx(26163, abs=1)
    assert year[year.month.dt.month <= 10].value_musd.sum() == pytest.approx(21700, abs=60)
    assert year[(year.month.dt.month <= 9) & (year.flow == "import")].value_musd.sum() == pytest.approx(3460, abs=6)


def test_two_vintages_of_2025():
    """The later vintage of Turkish imports is 1.6% higher over the year and within 9% in each month."""
    months = fr.load("trade_monthly").query("reporter_iso3 == 'TUR' and flow == 'import'")
    wide = months[months.month.dt.year == 2025].pivot(index="month", columns="source_id", values="value_musd")
    assert (wide[TURKSTAT] / wide[TURKSTAT_EARLY] - 1).abs().max() < 0.09
    assert wide[TURKSTAT].sum() / wide[TURKSTAT_EARLY].sum() - 1 == pytest.approx(0.016, abs=0.001)


# Energy -----------------------------------------------------------------------------------------------------------


def gas_months() -> pd.DataFrame:
    """Imports of gas by month, one column a partner, terajoules; a partner without a flow counts 0."""
    return fr.load("gas_imports_monthly").pivot(index="month", columns="partner_iso3", values="value_tj").fillna(0)


def gas_years(source: str, column: str) -> pd.DataFrame:
    """Imports of all gas by year, one column a partner."""
    table = fr.load("gas_imports_annual").query("product == 'all gas' and source_id == @source")
    return table.pivot(index="year", columns="partner_iso3", values=column)


def test_gas_months_make_the_year():
    months, years = gas_months(), gas_years(MONTHS, "value_tj")
    sums = months.groupby(months.index.year).sum()
    both = [
        (sums.loc[year, partner], years.loc[year, partner])
        for year in years.index
        for partner in sums.columns
        if years.loc[year, partner] > 0
    ]
    assert len(both) == 62
    assert max(abs(left - right) for left, right in both) < 1


def test_russian_gas_is_booked_under_bulgaria():
    """Russia and Bulgaria together give the Russian gas of the table by origin (within 2%); Russia alone falls 10 to 55% short in 2013-2019."""
    months, origin = gas_years(MONTHS, "value_tj"), gas_years(ORIGIN, "value_tj").RUS
    together = months[["RUS", "BGR"]].sum(axis=1)
    same(together, origin, 0.02, 10)
    assert (months.RUS / origin - 1).loc[2013:2019].between(-0.55, -0.10).all()


def test_volume_and_energy_are_one_flow():
    """38.13 to 38.42 terajoules a million cubic metres for every flow above 100 million."""
    table = fr.load("gas_imports_annual").query("value_mcm > 100").dropna(subset=["value_tj"])
    assert len(table) > 60
    assert (table.value_tj / table.value_mcm).between(38.1, 38.5).all()


def test_suppliers_make_all_gas():
    """From 2018 the partners add up to the world total; before, the unnamed rest is at most 20%."""
    years = gas_years(MONTHS, "value_tj")
    share = years.drop(columns="WLD").sum(axis=1) / years.WLD
    assert share.between(0.80, 1.0001).all()
    assert share.loc[2018:].between(0.9999, 1.0001).all()


def test_gas_of_the_regulator_and_of_eurostat():
    """Volumes of regulator, International Energy Agency and Eurostat (38.3 TJ a million m3) within 1.3%; Gazprom counts 1 to 3.5% more."""
    months = gas_months() / 38300
    months["RUS"] += months.BGR
    months["AZE"] += months.GEO
    points = fr.load("gas_reported_points").dropna(subset=["value_bcm"])
    points = points[points.partner_iso3.isin(months.columns) & (points.period_end <= "2021-12-31")]
    official, company = [], []
    for point in points.itertuples():
        ours = months.loc[point.period_start : point.period_end, point.partner_iso3].sum()
        (company if point.producer == "Gazprom" else official).append(point.value_bcm / ours - 1)
    assert len(official) == 21 and len(company) == 6
    assert max(map(abs, official)) < 0.013
    assert min(company) > 0.01 and max(company) < 0.035, "Gazprom counts more, every year"


def test_gas_shares_of_the_regulator_and_of_eurostat():
    """Published shares of a month or a year agree with Eurostat within half a point, only if Bulgaria and Georgia are added."""
    months = gas_months()
    points = fr.load("gas_reported_points").dropna(subset=["share_percent"])
    points = points[(points.period_end <= "2021-12-31") & points.partner_iso3.isin(["RUS", "AZE"])]
    assert len(points) == 8
    for point in points.itertuples():
        span = months.loc[point.period_start : point.period_end].sum()
        booked = span[["RUS", "BGR"]] if point.partner_iso3 == "RUS" else span[["AZE", "GEO"]]
        assert booked.sum() / span.WLD * 100 == pytest.approx(point.share_percent, abs=0.65), point


def test_gas_of_2023_fits_itself():
    """The regulator's volume and share of Russia in 2023 are the same fact; the two Russian entry points carry most of it."""
    points = fr.load("gas_reported_points").query("source_id == 'press_istanbulpost_gas_2023'")
    points = points[points.period_start == "2023-01-01"].set_index("partner_iso3")
    volume, share = points.loc["RUS", "value_bcm"], points.loc["RUS", "share_percent"]
    assert volume / points.loc["WLD", "value_bcm"] * 100 == pytest.approx(share, abs=0.02)
    flows = fr.load("gas_pipelines").query("measure == 'flow' and origin_iso3 == 'RUS'").value_bcm.sum()
    assert 0.9 * volume < flows < volume


def test_turkstream_strings_add_up():
    capacity = fr.load("gas_pipelines").query("measure == 'capacity'").set_index("pipeline").value_bcm
    strings = capacity["TurkStream, string for Turkey"] + capacity["TurkStream, string for transit to Europe"]
    assert strings == capacity["TurkStream, both strings"]
    assert (capacity["Blue Stream"] == 16).all(), "two pages give the same capacity"


def test_oil_suppliers_are_a_part_of_all_oil():
    """Named partners bring 66 to 98% of the crude oil and 34 to 55% of the products."""
    table = fr.load("oil_imports_annual")
    wide = table.pivot(index=["product", "year"], columns="partner_iso3", values="value_kt")
    share = wide.drop(columns="WLD").sum(axis=1) / wide.WLD
    assert share["crude oil"].between(0.66, 0.98).all()
    assert share["oil products"].between(0.34, 0.55).all()


def test_akkuyu_units_and_events_agree():
    """Each start of construction in the table of units, both dates of unit 2 included, is also an event."""
    units, events = (
        fr.load("akkuyu_units").set_index("unit"),
        fr.load("akkuyu_events").query("kind == 'construction start'"),
    )
    dates = units.construction_start.to_dict()
    assert len(dates) == 4
    for unit, date in dates.items():
        assert date in set(events[events.unit == unit].date)
    assert units.loc[2, "construction_start_alternative"] in set(events[events.unit == 2].date)
    assert units.loc[2, "construction_start_alternative"] > units.loc[2, "construction_start"]


# People -----------------------------------------------------------------------------------------------------------


def test_arrivals_by_month_make_the_year():
    """Exactly, to the person, in nine full years and in January to September 2025."""
    months = fr.load("arrivals_monthly").assign(year=lambda t: t.month.dt.year)
    years = fr.load("tourism_annual").set_index("year").arriving_visitors
    sums = months[(months.year < 2025) | (months.month.dt.month <= 9)].groupby("year").arrivals.sum()
    assert list(sums.index) == list(range(2016, 2026))
    assert (sums == years.reindex(sums.index)).all()


def test_spending_is_income_by_departing_visitor():
    """To the dollar until 2019; from 2020 the quotient is 7 to 12 dollars higher."""
    table = fr.load("tourism_annual").set_index("year")
    gap = table.income_musd * 1e6 / table.departing_visitors - table.spending_per_visitor_usd
    assert gap.loc[:2019].abs().max() < 1
    assert gap.loc[2020:].between(7, 12).all()


def test_visitors_counted_twice():
    """Two Turkish offices agree on Russians within 1% in 2013-2017; a part of a year never exceeds the year by more than its rounding (2%)."""
    table = fr.load("visitors_russia")
    russians = table[table.origin_iso3 == "RUS"]
    full = russians[russians.coverage == "full year"].pivot(index="year", columns="producer", values="visitors")
    same(full["migration authority"], full["ministry of tourism"], 0.01, 4)
    part = russians[russians.coverage != "full year"].merge(
        full.stack().dropna().rename("whole"), left_on=["year", "producer"], right_index=True
    )
    assert len(part) == 6
    assert (part.visitors <= part.whole * 1.02).all()
    assert (part.visitors >= part.whole * 0.70).all()


def test_foreigners_are_fewer_than_all_arrivals():
    """All arrivals include Turkish citizens resident abroad: foreigners are 79 to 90% of them, by either Turkish count."""
    foreigners = fr.load("visitors_russia").query("origin_iso3 == 'WLD'")
    months = fr.load("arrivals_monthly").set_index("month").arrivals
    assert len(foreigners) == 5
    for row in foreigners.itertuples():
        assert 0.79 < row.visitors / months.loc[row.period_start : row.period_end].sum() < 0.90, row


def test_collapse_and_return_of_russian_visitors():
    """The figures keep the shape that the book tells: three quarters lost in 2016, all back in 2017."""
    table = fr.load("visitors_russia").query(
        "origin_iso3 == 'RUS' and producer == 'ministry of tourism' and coverage == 'full year'"
    )
    visits = table.set_index("year").visitors
    assert visits[2016] / visits[2015] == pytest.approx(0.237, abs=0.002)
    assert visits[2017] > visits[2014]
    assert len(visits) == 24 and visits.index.is_unique


def test_houses_sold_to_nationals_are_fewer_than_to_all():
    table = (
        fr.load("house_sales")
        .query("coverage == 'full year'")
        .pivot(index="year", columns="buyer_iso3", values="dwellings")
    )
    both = table.loc[[2021, 2022]]
    assert (both[["RUS", "IRN", "IRQ"]].sum(axis=1) < both.WLD).all()
    part = (
        fr.load("house_sales")
        .query("coverage == 'part of the year' and buyer_iso3 == 'RUS'")
        .set_index("year")
        .dwellings
    )
    assert (part < table.RUS.reindex(part.index)).all() and len(part) == 2


def test_russian_share_of_contracts():
    """The pages give the Russian share of all contracts of Turkish contractors: 20.4% in 2023, 20% in 2024."""
    ties = fr.load("economic_ties")
    wide = ties[ties.indicator.str.startswith("contractors")].pivot(
        index="period_end", columns="indicator", values="value"
    )
    share = (wide["contractors: contracts in Russia"] / wide["contractors: contracts in all countries"]).tolist()
    assert share == pytest.approx([0.204, 0.200], abs=0.001)


# Finance ----------------------------------------------------------------------------------------------------------


def rates() -> pd.DataFrame:
    """Exchange rates by month, one column a pair and source."""
    table = fr.load("exchange_rates_monthly")
    return table.assign(pair=table.base_currency + table.quote_currency).pivot(
        index="month", columns=["pair", "source_id"], values="rate"
    )


def macro(column: str, source: str) -> pd.Series:
    """One column of macro_annual from one source, by country and year."""
    table = fr.load("macro_annual").query("source_id == @source")
    return table.set_index(["country_iso3", "year"])[column].dropna().astype(float)


def test_dollar_in_lira_in_two_sources():
    """0.4% apart on average, 3.4% at most (August 2018, when the lira fell within the month)."""
    pair = rates()["USDTRY"]
    gap = (pair[CBRT] / pair[ECB] - 1).dropna().abs()
    assert len(gap) == 198
    assert gap.mean() < 0.005 and gap.max() < 0.035
    assert gap.idxmax() == pd.Timestamp("2018-08-01")


def test_dollar_in_roubles_by_way_of_the_lira():
    """USD/TRY divided by RUB/TRY (Central Bank of Turkey) gives USD/RUB of the European Central Bank within 1.6%."""
    table = rates()
    cross = table[("USDTRY", CBRT)] / table[("RUBTRY", CBRT)]
    same(cross, table[("USDRUB", ECB)], 0.016, 143)


def test_annual_exchange_rates():
    """Means of daily rates (annual) and of monthly means differ by 0.6% at most, Penn World Table and the ECB cross by 0.9%."""
    same(macro("lcu_per_usd", PENN), macro("lcu_per_usd", ECB), 0.009, 30)
    table = rates()
    for country, pair in (("TUR", "USDTRY"), ("RUS", "USDRUB")):
        months = table[(pair, ECB)].dropna()
        groups = months.groupby(months.index.year).agg(["mean", "size"]).query("size == 12")["mean"]
        same(groups, macro("lcu_per_usd", ECB)[country], 0.006, 16)


def test_income_per_head_of_two_sources():
    """World Bank GDP by population against the IMF: within 6% from 1998; before, the sources do not fit together."""
    head = macro("gdp_busd", WORLD_BANK_GDP) * 1e9 / macro("population", WORLD_BANK_PEOPLE)
    ratio = (head / macro("gdp_per_capita_usd", IMF)).dropna()
    years = ratio.index.get_level_values("year")
    assert ratio[years >= 1998].between(0.90, 1.06).all() and (years >= 1998).sum() == 42
    assert ratio["TUR"].loc[1990:1997].between(0.71, 0.73).all()
    assert ratio[("RUS", 1992)] > 4


def test_price_index_gives_the_inflation_rate():
    """The change of the yearly mean of the monthly index is the World Bank's inflation rate, to 0.001 points."""
    prices = fr.load("cpi_monthly").assign(year=lambda t: t.month.dt.year)
    means = prices.groupby(["country_iso3", "year"]).cpi.agg(["mean", "size"]).query("size == 12")["mean"]
    inflation = means.groupby("country_iso3").pct_change() * 100
    gap = (inflation - macro("inflation_percent", WORLD_BANK_PRICES)).dropna().abs()
    assert len(gap) == 25 and gap.max() < 0.001
    assert means[("RUS", 2015)] == pytest.approx(100, abs=0.001)


def test_inflation_of_two_sources():
    """IMF and World Bank within 0.7 points, except Turkey 2003; the years of the Turkish crises are not a deflator by mistake."""
    gap = (macro("inflation_percent", IMF) - macro("inflation_percent", WORLD_BANK_PRICES)).dropna().abs()
    assert gap.drop(("TUR", 2003)).max() < 0.7
    assert gap[("TUR", 2003)] == pytest.approx(3.73, abs=0.01)
    assert macro("inflation_percent", WORLD_BANK_PRICES)[("TUR", 2022)] == pytest.approx(72.3, abs=0.05)


# Sanctions --------------------------------------------------------------------------------------------------------


def test_the_list_of_banned_goods_is_complete():
    """18 positions, of which 13 remained after October 2016 (a law firm's count); six chapters."""
    goods = fr.load("banned_goods_2016")
    assert len(goods) == 18
    assert (goods.lifted_on > "2016-10-31").sum() == 13
    assert set(goods.hs2) == {"02", "06", "07", "08", "17", "25"}
    assert (goods.hs4.str[:2] == goods.hs2).all()
    codes = goods.hs6.dropna()
    assert len(codes) == 13 and (codes.str[:4] == goods.hs4.loc[codes.index]).all()
    assert (goods.code_basis.eq("read") == goods.hs6.notna()).all()


def test_each_end_of_the_ban_is_a_dated_measure():
    goods, measures = fr.load("banned_goods_2016"), fr.load("sanctions_measures")
    imports = measures[(measures.area == "goods imports") & (measures.sender_iso3 == "RUS")]
    eased = imports[imports.action == "eased"]
    assert set(goods.lifted_on) <= set(eased.date) | set(eased.effective_date.dropna())
    assert set(goods.banned_from) <= set(imports[imports.action == "imposed"].effective_date)


def test_banned_goods_at_chapter_level():
    """Exports of all six chapters fell in 2016; fruit and nuts (08, mostly free goods) no more than the chapters that had no ban."""
    exports = (
        fr.load("trade_hs2_2013_2017")
        .query("flow == 'export'")
        .pivot(index="hs2", columns="year", values="value_musd")
        .fillna(0)
    )
    listed = sorted(set(fr.load("banned_goods_2016").hs2))
    banned, free = exports.loc[listed], exports.drop(index=listed).sum()
    assert (banned[2016] < banned[2015]).all()
    change = (banned[2016] / banned[2015] - 1).to_dict()
    assert change["07"] == pytest.approx(-0.933, abs=0.002)
    assert change["08"] == pytest.approx(-0.427, abs=0.002)
    assert free[2016] / free[2015] - 1 == pytest.approx(-0.485, abs=0.002)
