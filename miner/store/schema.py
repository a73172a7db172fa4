"""The database schema: one source of truth for tables, columns, Chinese descriptions, indexes and metadata."""

from __future__ import annotations

from dataclasses import dataclass

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its SQL type with constraints, and what it holds, in Chinese."""

    name: str
    sql: str
    about: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table; `label` is its label column, `facets` and `sort` are Datasette defaults, `extra` are table constraints."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    label: str | None = None
    facets: tuple[str, ...] = ()
    sort: str | None = None
    extra: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    hidden: bool = False

    def create_sql(self) -> str:
        """Return the CREATE TABLE statement (STRICT)."""
        parts = [f"  [{column.name}] {column.sql}" for column in self.columns] + [
            f"  {line}" for line in self.extra
        ]
        return f"create table if not exists [{self.name}] (\n" + ",\n".join(parts) + "\n) strict"


def _c(name: str, sql: str, about: str) -> Column:
    return Column(name, sql, about)


def _ref(table: str, *, delete: str = "cascade", null: bool = True) -> str:
    return f"text{'' if null else ' not null'} references [{table}](id) on delete {delete}"


_ARTICLE = _c("article_id", _ref("articles", null=False), "所在文章 / article")
_FIELD = _c("field", "text not null default 'body'", "所在字段:body 正文、headline 标题、kicker 引题、subtitle 副题 / field")  # fmt: skip
_START = _c("start", "integer not null", "起始字符(含),从 0 计 / first character, 0-based")
_END = _c("end", "integer not null", "结束字符(不含) / end character, exclusive")
_ENTITY_REFS = (
    _c("enterprise_id", _ref("enterprises", delete="set null"), "企业 / enterprise"),
    _c("person_id", _ref("people", delete="set null"), "人物 / person"),
    _c("organization_id", _ref("organizations", delete="set null"), "机构 / organization"),
    _c("place_id", _ref("places", delete="set null"), "地点 / place"),
)
_SEEN = (
    _c("n_mentions", "integer not null default 0", "被提及次数 / mentions"),
    _c("n_articles", "integer not null default 0", "被提及的文章数 / articles"),
    _c("first_seen", "text", "首次见报日期 / first seen"),
    _c("last_seen", "text", "最近见报日期 / last seen"),
)


def _entity(name: str, title: str, about: str, *more: Column, facets: tuple[str, ...] = ()) -> Table:
    columns = (
        _c("id", "text primary key", "稳定标识 / stable id"),
        _c("name", "text not null", "最完整的名称 / fullest name"),
        *more,
        *_SEEN,
    )
    return Table(
        name,
        title,
        about,
        columns,
        label="name",
        facets=facets,
        sort="n_articles",
        indexes=(("name",), ("n_articles",), ("n_mentions",)),
    )


TABLES: tuple[Table, ...] = (
    Table(
        "runs",
        "运行记录",
        "每次抽取运行一行 / one extraction run",
        (
            _c("id", "text primary key", "运行标识 / id"),
            _c("started", "text not null", "开始时间(UTC) / started"),
            _c("finished", "text", "结束时间(UTC) / finished"),
            _c("version", "text not null", "程序版本 / version"),
            _c("command", "text not null", "命令 / command"),
            _c("config_sha256", "text not null", "配置摘要 / hash of the configuration"),
            _c("model_sha256", "text", "模型与词库摘要 / hash of model and lexicons"),
            _c("documents", "integer not null default 0", "文档数 / documents"),
            _c("articles", "integer not null default 0", "文章数 / articles"),
            _c("skipped", "integer not null default 0", "未变而跳过的文档数 / skipped"),
            _c("failed", "integer not null default 0", "失败的文档数 / failed"),
            _c("characters", "integer not null default 0", "读入字符数 / characters"),
            _c("seconds", "real", "用时(秒) / seconds"),
        ),
        label="started",
        sort="started",
    ),
    Table(
        "documents",
        "文档",
        "每个输入文件(或压缩包成员)一行 / one input file or archive member",
        (
            _c("id", "text primary key", "原始字节的 SHA-256 / SHA-256 of the bytes"),
            _c("path", "text not null", "相对路径 / path, relative to the given root"),
            _c("media_type", "text not null", "媒体类型 / media type"),
            _c("encoding", "text", "字符编码 / encoding"),
            _c("newspaper", "text", "报纸 / newspaper"),
            _c("issue_date", "text", "出版日期 / issue date"),
            _c("page", "text", "版次 / page"),
            _c("bytes", "integer not null", "字节数 / bytes"),
            _c("n_chars", "integer not null default 0", "字符数 / characters"),
            _c(
                "status",
                "text not null check (status in ('ok', 'failed'))",
                "状态:ok 成功,failed 失败 / status",
            ),
            _c("url", "text", "原网址 / original URL"),
            _c("reader_sha256", "text", "读取它的版本、配置与模型摘要 / hash of what read it"),
            _c("run_id", _ref("runs", delete="set null"), "写入它的运行 / run"),
        ),
        label="path",
        facets=("newspaper", "media_type", "status"),
        sort="path",
        indexes=(("path",), ("newspaper",), ("issue_date",), ("run_id",)),
    ),
    Table(
        "locations",
        "文件位置",
        "同一内容可在多处;用来认出改动过的文件 / where a document lies, to recognise changed files",
        (
            _c("location_sha256", "text primary key", "绝对位置的摘要 / hash of the absolute place"),
            _c("document_id", _ref("documents", null=False), "文档 / document"),
            _c("path", "text not null", "相对路径 / path"),
        ),
        indexes=(("document_id",),),
        hidden=True,
    ),
    Table(
        "problems",
        "待查问题",
        "需要人看一眼的地方,绝不静默丢失 / something a person should look at",
        (
            _c("id", "text primary key", "标识 / id"),
            _c("run_id", _ref("runs"), "运行 / run"),
            _c("document_id", _ref("documents"), "文档 / document"),
            _c("stage", "text not null", "环节 / stage"),
            _c("code", "text not null", "代码 / code"),
            _c("message", "text not null", "说明 / message"),
            _c("line", "integer", "源文件行号 / source line"),
            _c("path", "text", "文件路径 / path"),
        ),
        label="code",
        facets=("stage", "code"),
        indexes=(("document_id",), ("run_id",), ("code",)),
    ),
    Table(
        "articles",
        "文章",
        "每篇报道一行 / one story",
        (
            _c("id", "text primary key", "标识 / id"),
            _c("document_id", _ref("documents", null=False), "所在文档 / document"),
            _c("position", "integer not null", "在文档中的次序 / position in the document"),
            _c("headline", "text", "标题 / headline"),
            _c("kicker", "text", "引题(肩题) / kicker"),
            _c("subtitle", "text", "副题 / subtitle"),
            _c("section", "text", "栏目 / section"),
            _c("byline", "text", "署名 / byline"),
            _c("published", "text", "见报日期 / published"),
            _c("newspaper", "text", "报纸 / newspaper"),
            _c("page", "text", "版次 / page"),
            _c("body", "text not null", "正文,一段一行 / body, one paragraph a line"),
            _c("n_chars", "integer not null", "正文字数 / characters of the body"),
            _c("edition", "integer", "第几届进博会(1 = 2018) / which expo"),
            _c("jump_to", "text", "下转版次 / jumps to page"),
            _c("jump_from", "text", "上接版次 / continued from page"),
            _c("story_id", "text", "跨版报道标识 / joins the parts of one jumped story"),
            _c("duplicate_of", _ref("articles", delete="set null"), "与之重复的文章 / duplicate of"),
            _c("confidence", "real not null", "还原把握(0–1) / confidence of the rebuilding"),
            _c("reason", "text", "标题与正文配对的理由 / why head and body belong together"),
            _c("url", "text", "原网址 / URL"),
        ),
        label="headline",
        facets=("newspaper", "edition", "section"),
        sort="published",
        indexes=(
            ("document_id",),
            ("published",),
            ("newspaper",),
            ("edition",),
            ("section",),
            ("story_id",),
            ("duplicate_of",),
        ),
    ),
    Table(
        "article_lines",
        "原始行",
        "每个非空源文件行一行,可由正文字符回到原文件行号 / one non-blank source line",
        (
            _c("document_id", _ref("documents", null=False), "文档 / document"),
            _c("line", "integer not null", "行号,从 1 计,含空行 / line, 1-based, blanks counted"),
            _c(
                "article_id",
                _ref("articles", delete="set null"),
                "所属文章;版面零件为空 / article, NULL for page furniture",
            ),
            _c(
                "role",
                "text not null",
                "角色:headline 标题、kicker 引题、subtitle 副题、section 栏目、byline 署名、subhead 小标题、body 正文、jump 转接、caption 图注、other 其他 / role",
            ),
            _c("start", "integer", "在正文中的起始字符 / first character in body"),
            _c("end", "integer", "在正文中的结束字符 / end character in body"),
            _c("text", "text not null", "原始行文字 / raw line"),
            _c("edits", "text", "还原时在本行删去或补入的字符(JSON) / what restoring changed"),
            _c("page", "integer", "PDF 页 / PDF page"),
            _c("box", "text", "PDF 坐标(JSON,磅) / PDF box"),
        ),
        facets=("role",),
        extra=("primary key (document_id, line)",),
        indexes=(("article_id",),),
    ),
    _entity(
        "enterprises",
        "企业",
        "每家企业一行 / one enterprise",
        _c("short_name", "text", "常用简称 / short name"),
        _c("country", "text", "国家或地区 / country"),
        _c("industry", "text", "行业 / industry"),
        facets=("country", "industry"),
    ),
    _entity("people", "人物", "每位人物一行 / one person", _c("latin_name", "text", "外文名 / Latin name")),
    _entity(
        "organizations",
        "机构",
        "每个机构一行 / one organization",
        _c("kind", "text", "类别:government 政府、party 党委、university 高校、association 协会…… / kind"),
        facets=("kind",),
    ),
    _entity("places", "地点", "每个地点一行 / one place", _c("kind", "text", "类别 / kind")),
    Table(
        "aliases",
        "别名",
        "企业、人物、机构、地点的其他名称及其出处 / another name and where it was learnt",
        (
            _c("id", "text primary key", "标识 / id"),
            _c("alias", "text not null", "别名 / alias"),
            _c(
                "kind",
                "text not null check (kind in ('short', 'full', 'latin', 'declared', 'variant'))",
                "类别:short 简称、full 全称、latin 外文、declared 文中声明、variant 异写 / kind",
            ),
            *_ENTITY_REFS,
            _c("article_id", _ref("articles"), "得知于文章 / learnt in"),
            _c("field", "text", "字段 / field"),
            _c("start", "integer", "起始字符 / start"),
            _c("end", "integer", "结束字符 / end"),
        ),
        label="alias",
        facets=("kind",),
        extra=(
            "check ((enterprise_id is not null) + (person_id is not null) + (organization_id is not null) + (place_id is not null) <= 1)",
        ),
        indexes=(
            ("alias",),
            ("enterprise_id",),
            ("person_id",),
            ("organization_id",),
            ("place_id",),
            ("article_id",),
        ),
    ),
    Table(
        "mentions",
        "提及",
        "正文或标题中的一个名字 / a name in the text",
        (
            _c("id", "text primary key", "标识 / id"),
            _ARTICLE,
            _FIELD,
            _START,
            _END,
            _c("text", "text not null", "原文写法 / as written"),
            _c(
                "label",
                "text not null check (label in ('enterprise', 'person', 'organization', 'place'))",
                "类别 / label",
            ),
            *_ENTITY_REFS,
            _c("method", "text not null", "由何规则或模型找到 / found by"),
            _c("confidence", "real not null", "把握(0–1) / confidence"),
            _c("local_entity", "integer not null", "文内实体序号 / entity within the article"),
        ),
        label="text",
        facets=("label", "method"),
        extra=(
            "check ((enterprise_id is not null) + (person_id is not null) + (organization_id is not null) + (place_id is not null) <= 1)",
        ),
        indexes=(
            ("article_id",),
            ("enterprise_id",),
            ("person_id",),
            ("organization_id",),
            ("place_id",),
            ("text",),
        ),
    ),
    Table(
        "posts",
        "职务",
        "报道所述某人在某单位的职务 / a person's title at a body",
        (
            _c("id", "text primary key", "标识 / id"),
            _c("person_id", _ref("people"), "人物 / person"),
            _c("title", "text not null", "职务 / title"),
            _c("organization_text", "text not null default ''", "单位(原文写法) / body as written"),
            _c("enterprise_id", _ref("enterprises", delete="set null"), "企业 / enterprise"),
            _c("organization_id", _ref("organizations", delete="set null"), "机构 / organization"),
            _ARTICLE,
            _FIELD,
            _START,
            _END,
            _c("date", "text", "报道日期 / date"),
            _c("status", "text not null default 'present'", "现任、曾任 / present or former"),
            _c("since", "text", "任职起始(文中所述) / since"),
            _c("until", "text", "任职终止(文中所述) / until"),
            _c("local_person", "integer not null", "文内人物序号 / person within the article"),
            _c("local_organization", "integer", "文内单位序号 / body within the article"),
        ),
        label="title",
        facets=("title",),
        indexes=(("person_id",), ("article_id",), ("enterprise_id",), ("organization_id",), ("title",)),
    ),
    Table(
        "events",
        "事件",
        "世上发生的一件事,不论多少报道 / something that happened, once",
        (
            _c("id", "text primary key", "标识 / id"),
            _c(
                "type",
                "text not null",
                "类型:signing 签约、exhibition 参展、launch 发布、visit 走访、meeting 会见、founding 成立、investment 投资、procurement 采购、ceremony 仪式、conference 会议、award 获奖、appointment 任命 / type",
            ),
            _c("title", "text not null", "事件概要 / title"),
            _c("date", "text", "日期 / date"),
            _c("date_end", "text", "结束日期 / end date"),
            _c(
                "date_precision",
                "text not null default 'none' check (date_precision in ('day', 'month', 'year', 'none'))",
                "日期精度 / precision",
            ),
            _c("place", "text", "地点 / place"),
            _c("edition", "integer", "第几届进博会 / which expo"),
            _c(
                "status",
                "text not null check (status in ('done', 'planned', 'negated'))",
                "状态:done 已发生、planned 计划、negated 取消或未发生 / status",
            ),
            _c("n_reports", "integer not null default 1", "报道数 / reports"),
            _c("amount", "real", "金额 / amount"),
            _c("amount_unit", "text", "金额单位 / unit"),
        ),
        label="title",
        facets=("type", "status", "edition"),
        sort="date",
        indexes=(("type",), ("date",), ("edition",), ("status",), ("n_reports",)),
    ),
    Table(
        "event_reports",
        "事件报道",
        "一篇文章对一件事的一次报道 / one report of an event",
        (
            _c("id", "text primary key", "标识 / id"),
            _c("event_id", _ref("events", delete="set null"), "事件 / event"),
            _ARTICLE,
            _FIELD,
            _START,
            _END,
            _c("type", "text not null", "类型 / type"),
            _c("trigger", "text not null", "触发词 / trigger"),
            _c("trigger_start", "integer not null", "触发词起始字符 / start of the trigger"),
            _c("trigger_end", "integer not null", "触发词结束字符 / end of the trigger"),
            _c("evidence", "text not null", "证据句 / evidence sentence"),
            _c("date", "text", "日期 / date"),
            _c("date_end", "text", "结束日期 / end date"),
            _c("date_text", "text", "日期原文 / date as written"),
            _c("date_method", "text", "日期如何得出 / how the date was found"),
            _c("place", "text", "地点 / place"),
            _c("edition", "integer", "第几届 / edition"),
            _c("status", "text not null", "状态 / status"),
            _c("open_list", "integer not null default 0", "名单未列全(等) / list is open"),
            _c("amount", "real", "金额 / amount"),
            _c("amount_unit", "text", "金额单位 / unit"),
            _c("method", "text not null", "规则 / method"),
            _c("confidence", "real not null", "把握 / confidence"),
        ),
        label="evidence",
        facets=("type", "status"),
        indexes=(("event_id",), ("article_id",), ("type",), ("date",)),
    ),
    Table(
        "event_participants",
        "事件参与方",
        "谁以什么身份参与 / who took part",
        (
            _c("id", "text primary key", "标识 / id"),
            _c("event_id", _ref("events", delete="set null"), "事件 / event"),
            _c("report_id", _ref("event_reports", null=False), "事件报道 / report"),
            _c("role", "text not null", "身份 / role"),
            _c("name", "text not null", "原文写法 / as written"),
            *_ENTITY_REFS,
            _c("local_entity", "integer", "文内实体序号 / entity within the article"),
        ),
        label="name",
        facets=("role",),
        indexes=(
            ("event_id",),
            ("report_id",),
            ("enterprise_id",),
            ("person_id",),
            ("organization_id",),
            ("place_id",),
        ),
    ),
    Table(
        "quotes",
        "引语",
        "有说话人的话 / words with a speaker",
        (
            _c("id", "text primary key", "标识 / id"),
            _ARTICLE,
            _FIELD,
            _START,
            _END,
            _c("text", "text not null", "原话 / words"),
            _c("direct", "integer not null", "1 直接引语,0 转述 / direct"),
            _c("cue", "text", "引语动词 / cue"),
            _c("speaker", "text not null", "说话人 / speaker"),
            *_ENTITY_REFS[:3],
            _c("continued", "text", "被打断的后续部分(JSON 区间) / later parts"),
            _c("confidence", "real not null", "把握 / confidence"),
            _c("local_entity", "integer", "文内实体序号 / entity within the article"),
        ),
        label="text",
        facets=("direct", "cue"),
        indexes=(("article_id",), ("person_id",), ("enterprise_id",), ("organization_id",), ("speaker",)),
    ),
    Table(
        "figures",
        "数字",
        "有含义的数字 / a number that says something",
        (
            _c("id", "text primary key", "标识 / id"),
            _ARTICLE,
            _FIELD,
            _START,
            _END,
            _c("text", "text not null", "原文写法 / as written"),
            _c("value", "real", "数值(万、亿已乘出) / value"),
            _c("unit", "text not null", "单位 / unit"),
            _c("qualifier", "text", "限定:多、近、超、约、余、以上 / qualifier"),
            _c("subject", "text", "所指 / what is counted"),
            _c("measure", "text", "指标(规范名) / normalised measure"),
            _c("comparison", "text", "比较(如比上届增长) / comparison"),
            _c("edition", "integer", "第几届 / edition"),
            _c("date", "text", "日期 / date"),
        ),
        label="text",
        facets=("measure", "unit", "edition"),
        indexes=(("article_id",), ("measure",), ("unit",), ("edition",), ("value",)),
    ),
    Table(
        "local_entities",
        "文内实体",
        "一篇文章所说的一个实体及其归并去向 / what one article speaks of, before and after resolving",
        (
            _ARTICLE,
            _c("local_entity", "integer not null", "文内序号 / index"),
            _c("label", "text not null", "类别 / label"),
            _c("name", "text not null", "文内最完整的名称 / fullest form"),
            _c("forms", "text not null", "各种写法(JSON) / forms"),
            _c("known_as", "text", "词库条目 / lexicon entry"),
            _c("latin_name", "text", "外文名 / Latin name"),
            _c("country", "text", "国家 / country"),
            _c("industry", "text", "行业 / industry"),
            _c("kind", "text", "类别 / kind"),
            _c("entity_id", "text", "归并到 / resolved to"),
        ),
        extra=("primary key (article_id, local_entity)",),
        indexes=(("label", "name"), ("entity_id",)),
        hidden=True,
    ),
    Table(
        "judgements",
        "判断",
        "归并判断:两个名称是否同一、两条报道是否同一事件,附理由,可撤销 / judgements with reasons, undoable",
        (
            _c("id", "text primary key", "标识 / id"),
            _c(
                "kind", "text not null", "种类:enterprise、person、organization、place、event、article / kind"
            ),
            _c("left_id", "text not null", "左侧 / left"),
            _c("right_id", "text not null", "右侧 / right"),
            _c("left_name", "text", "左侧名称 / left name"),
            _c("right_name", "text", "右侧名称 / right name"),
            _c("same", "integer not null", "1 同一,0 不同 / same"),
            _c("score", "real not null", "得分(0–1) / score"),
            _c("reasons", "text not null", "理由 / reasons"),
            _c("source", "text not null default 'rule'", "来源:rule 规则、user 人工 / source"),
        ),
        label="reasons",
        facets=("kind", "same", "source"),
        indexes=(("left_id",), ("right_id",), ("kind",)),
    ),
    Table(
        "figure_conflicts",
        "数字对照",
        "不同文章对同一事实给出的不同数字:rounding 取整所致,conflict 确有出入 / figures of two articles about one fact that differ",
        (
            _c("id", "text primary key", "标识 / id"),
            _c("left_figure_id", _ref("figures", null=False), "一处 / left"),
            _c("right_figure_id", _ref("figures", null=False), "另一处 / right"),
            _c("kind", "text not null check (kind in ('rounding', 'conflict'))", "种类 / kind"),
            _c("fact", "text not null", "所说的事实 / the fact"),
            _c("edition", "integer", "第几届 / edition"),
            _c("score", "real not null", "确为同一事实的把握 / how surely they mean one fact"),
            _c("reasons", "text not null", "理由 / reasons"),
        ),
        label="fact",
        facets=("kind", "edition"),
        sort="score",
        indexes=(("left_figure_id",), ("right_figure_id",), ("kind",), ("edition",)),
    ),
    Table(
        "keywords",
        "关键词",
        "文章关键词及权重 / keywords of an article",
        (
            _ARTICLE,
            _c("term", "text not null", "词 / term"),
            _c("weight", "real not null", "权重(TF-IDF) / weight"),
        ),
        extra=("primary key (article_id, term)",),
        indexes=(("term",),),
        facets=("term",),
    ),
    Table(
        "topics",
        "主题",
        "报道主题 / what the coverage is about",
        (
            _c("id", "text primary key", "标识 / id"),
            _c("label", "text not null", "名称 / label"),
            _c("terms", "text not null", "代表词 / terms"),
        ),
        label="label",
    ),
    Table(
        "article_topics",
        "文章主题",
        "文章与主题的关联 / weight of a topic in an article",
        (
            _ARTICLE,
            _c("topic_id", _ref("topics", null=False), "主题 / topic"),
            _c("weight", "real not null", "权重 / weight"),
        ),
        extra=("primary key (article_id, topic_id)",),
        indexes=(("topic_id",),),
    ),
)
"""In creation order: a table refers only to tables above it (or to itself); foreign keys to later tables are allowed by SQLite."""


def table(name: str) -> Table:
    """Return the table of that name; raises KeyError when there is none."""
    for found in TABLES:
        if found.name == name:
            return found
    raise KeyError(name)


def index_sql() -> list[str]:
    """Return the CREATE INDEX statements of all tables."""
    return [
        f"create index if not exists [ix_{t.name}_{'_'.join(columns)}] on [{t.name}] ({', '.join(f'[{c}]' for c in columns)})"
        for t in TABLES for columns in t.indexes
    ]  # fmt: skip
