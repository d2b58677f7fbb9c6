"""The pages at the site's root, above both languages: they work alone, without the theme and without JavaScript."""

HOME = {"en": ("Deep Learning Notes", "Read in English"), "zh": ("深度学习笔记", "阅读中文版")}

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{head}
<style>
:root {{ color-scheme: light dark; }}
body {{
  font: 1.1rem/1.7 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif;
  max-width: 34rem; margin: 20vh auto 0; padding: 0 1.5rem;
}}
h1 {{ font-weight: 500; line-height: 1.3; }}
a {{ color: LinkText; }}
</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def redirect(index: str = "") -> str:
    """Leads to the language that the browser asks for, to English where it says nothing.

    Index is the name of a folder's page, where no server finds it.
    """
    head = f"""<meta name="description" content="Deep Learning Notes in English and Chinese 深度学习笔记">
<noscript><meta http-equiv="refresh" content="0; url=en/{index}"></noscript>
<script>
location.replace((/^zh\\b/i.test(navigator.language) ? "zh/{index}" : "en/{index}") + location.hash);
</script>"""
    return PAGE.format(title="Deep Learning Notes · 深度学习笔记", head=head, body=choice(index, "h1"))


def not_found(base: str) -> str:
    """Answers for any path on the site; links start at the site's base, as the path may be of any depth."""
    head = f"""<meta name="robots" content="noindex">
<script>
if (location.pathname.startsWith("{base}zh/")) document.documentElement.lang = "zh";
</script>
<style>
:root[lang="en"] :lang(zh-Hans), :root[lang="zh"] section:lang(en) {{ display: none; }}
</style>"""
    body = f"""<section lang="en">
<h1>This page does not exist</h1>
<p>The address may be mistyped, or the page has moved. Start from <a href="{base}en/">the home page</a>.</p>
<p lang="zh-Hans"><a href="{base}zh/">中文版</a></p>
</section>
<section lang="zh-Hans">
<h1>没有这个页面</h1>
<p>网址可能有误，或者页面已经移动。请从<a href="{base}zh/">首页</a>开始。</p>
</section>"""
    return PAGE.format(title="404", head=head, body=body)


def choice(index: str, heading: str) -> str:
    """A link to the book in each language."""
    return "\n".join(
        f'<section lang="{"zh-Hans" if language == "zh" else language}">\n<{heading}>{title}</{heading}>\n'
        f'<p><a href="{language}/{index}">{invitation}</a></p>\n</section>'
        for language, (title, invitation) in HOME.items()
    )
