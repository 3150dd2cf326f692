"""Pages as news sites make them, around articles written for the tests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Article:
    """What a page is about, and the words of the site around it."""

    lang: str
    title: str
    paragraphs: tuple[str, ...]
    heading: str
    items: tuple[str, ...]
    caption: str
    around: tuple[str, ...]


ARABIC = Article(
    "ar",
    "مجلس المدينة يقر خطة جديدة لإدارة المياه",
    (
        "أقر مجلس المدينة مساء الثلاثاء خطة جديدة لإدارة المياه بعد نقاش دام أربع ساعات، شارك "
        "فيه ممثلون عن المزارعين وسكان الأحياء القديمة.",
        "وقال رئيس المجلس إن الخطة ستكلف نحو 12 مليون دينار على مدى ثلاث سنوات، وإن الأعمال "
        "ستبدأ في شهر آذار المقبل.",
        "نعم.",
        "وأضاف أن شبكة الأنابيب التي يعود تاريخها إلى عام 1964 تفقد ثلث المياه قبل أن تصل إلى "
        "البيوت، بحسب تقرير أعدته الجامعة.",
    ),
    "ما الذي سيتغير",
    ("تجديد 40 كيلومترا من الأنابيب", "عدادات جديدة لكل بيت"),
    "عمال يصلحون أنبوبا في الحي القديم",
    ("الرئيسية", "سياسة", "اقتصاد", "رياضة", "اتصل بنا", "اقرأ أيضا", "جميع الحقوق محفوظة"),
)
PERSIAN = Article(
    "fa",
    "شورای شهر طرح تازه‌ای برای آب تصویب کرد",
    (
        "شورای شهر سه‌شنبه شب پس از چهار ساعت گفت‌وگو طرح تازه‌ای برای مدیریت آب تصویب کرد که "
        "کشاورزان و ساکنان محله‌های قدیمی در آن شریک بودند.",
        "رئیس شورا گفت این طرح در سه سال حدود ۱۲ میلیون هزینه خواهد داشت و کار از فروردین آینده "
        "آغاز می‌شود.",
        "بله.",
        "او افزود شبکه لوله‌ها که از سال ۱۹۶۴ مانده است یک سوم آب را پیش از رسیدن به خانه‌ها هدر "
        "می‌دهد.",
    ),
    "چه چیزی دگرگون می‌شود",
    ("نوسازی ۴۰ کیلومتر لوله", "کنتور تازه برای هر خانه"),
    "کارگران لوله‌ای را در محله قدیمی تعمیر می‌کنند",
    ("خانه", "سیاست", "اقتصاد", "ورزش", "تماس با ما", "بیشتر بخوانید", "همه حقوق محفوظ است"),
)
CHINESE = Article(
    "zh",
    "市议会通过新的供水计划",
    (
        "市议会星期二晚上经过四个小时的辩论，通过了一项新的供水计划，农民代表和老城区居民都参加了"
        "讨论。",
        "议长说，这项计划三年内将耗资约一千二百万，工程将于明年三月开始，整个过程由大学的专家监督。",
        "是的。",
        "他还说，一九六四年铺设的管网在水到达居民家中之前就流失了三分之一，这是大学报告得出的结论。",
    ),
    "将会改变什么",
    ("更新四十公里的管道", "每户安装新的水表"),
    "工人在老城区修理水管",
    ("首页", "政治", "经济", "体育", "联系我们", "相关阅读", "版权所有"),
)
RUSSIAN = Article(
    "ru",
    "Городской совет утвердил новый план водоснабжения",
    (
        "Городской совет во вторник вечером после четырёх часов споров утвердил новый план "
        "водоснабжения, в обсуждении участвовали фермеры и жители старых кварталов.",
        "Председатель совета сказал, что план обойдётся примерно в 12 миллионов за три года, а "
        "работы начнутся в марте следующего года.",
        "Да.",
        "Он добавил, что трубы, проложенные в 1964 году, теряют треть воды, прежде чем она доходит "
        "до домов.",
    ),
    "Что изменится",
    ("Обновление 40 километров труб", "Новый счётчик в каждом доме"),
    "Рабочие чинят трубу в старом квартале",
    (
        "Главная",
        "Политика",
        "Экономика",
        "Спорт",
        "Контакты",
        "Читайте также",
        "Все права защищены",
    ),
)
ARTICLES = (ARABIC, PERSIAN, CHINESE, RUSSIAN)

COOKIES = "This site uses cookies to measure visits and to show advertisements that fit you better."
COMMENT = "A reader wrote here that the council should have done all of this twenty years ago."


def _links(words: tuple[str, ...]) -> str:
    return "".join(f'<li><a href="/{n}">{word}</a></li>' for n, word in enumerate(words))


def _body(article: Article) -> str:
    paragraphs = "".join(f"<p>{text}</p>\n" for text in article.paragraphs[:2])
    items = "".join(f"<li>{text}</li>" for text in article.items)
    return (
        f"{paragraphs}<h2>{article.heading}</h2><ul>{items}</ul>"
        f'<div class="ad-slot"><script>show("ad")</script><span>AD</span></div>'
        f"<p>{article.paragraphs[2]}</p><p>{article.paragraphs[3]}</p>"
    )


def modern(article: Article) -> str:
    """HTML5 with all that stands around an article today."""
    more = "".join(
        f'<div class="card"><a href="/n/{n}"><h3>{article.around[5]} {n}: {article.title}</h3></a>'
        f"</div>"
        for n in range(4)
    )
    return f"""<!DOCTYPE html><html lang="{article.lang}" dir="auto"><head><meta charset="utf-8">
<title>{article.title} | News</title>
<meta property="og:title" content="{article.title}">
<meta property="article:published_time" content="2026-05-06T19:30:00+03:00">
<link rel="canonical" href="https://news.example/{article.lang}/water">
<style>p {{ color: red }}</style><script>var a = "<p>no text</p>";</script></head><body>
<header><a href="/">News</a><nav><ul>{_links(article.around[:5])}</ul></nav></header>
<div id="cookie-banner" class="cookie-banner"><p>{COOKIES}</p><button>OK</button></div>
<main><article class="story"><h1>{article.title}</h1>
<div class="share"><a href="/f">Facebook</a> <a href="/t">Twitter</a></div>
<figure><img src="a.jpg" alt=""><figcaption>{article.caption}</figcaption></figure>
<div class="article-body">{_body(article)}</div></article>
<section class="related"><h2>{article.around[5]}</h2>{more}</section>
<section id="comments" class="comments"><p>{COMMENT}</p><p>{COMMENT}</p></section></main>
<footer><p>© {article.around[6]}</p><ul>{_links(article.around[:5])}</ul></footer>
<noscript>Enable scripts</noscript></body></html>"""


def plain(article: Article) -> str:
    """Blocks without a telling name, as many content systems make them."""
    return f"""<html lang="{article.lang}"><head><title>{article.title} - News</title></head><body>
<div class="top"><div class="m">{_links(article.around[:5])}</div></div>
<div class="c1"><div class="c2"><h1>{article.title}</h1>{_body(article)}</div>
<div class="c3"><div>{article.around[5]}</div><ul>{_links((article.title,) * 5)}</ul></div></div>
<div class="bottom">{_links(article.around[:5])}<div>© {article.around[6]}</div></div>
</body></html>"""


def tabular(article: Article) -> str:
    """Laid out in tables, paragraphs cut by <br>, tags in capitals and never ended."""
    text = "<BR><BR>\n".join(article.paragraphs)
    items = "<LI>".join(article.items)
    return f"""<HTML><HEAD><TITLE>{article.title}</TITLE></HEAD><BODY bgcolor=white>
<TABLE width=100%><TR><TD width=150 valign=top>
{"<BR>".join(f"<A HREF={n}.htm>{word}</A>" for n, word in enumerate(article.around[:5]))}
<TD><FONT size=5><B>{article.title}</B></FONT><P><FONT face=Arial>{text}</FONT>
<P><B>{article.heading}</B><UL><LI>{items}</UL>
<TR><TD colspan=2><HR><A HREF=x.htm>{article.around[4]}</A> © {article.around[6]}</TABLE>"""


TEMPLATES = (modern, plain, tabular)
