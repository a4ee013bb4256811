"""create_app: wires site, web, API and the front into one WSGI application, once."""

from datetime import timedelta

from flask import Flask, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from kmwiki import api, web
from kmwiki.http.compression import compress_pages
from kmwiki.http.current import SESSION_COOKIE, start_login_manager
from kmwiki.http.errors import answer_errors
from kmwiki.http.front import Front
from kmwiki.http.headers import add_headers
from kmwiki.http.languages import interface_language
from kmwiki.http.members import keep_members_site
from kmwiki.http.static_files import compress_static
from kmwiki.http.templates import prepare_templates
from kmwiki.i18n import set_language
from kmwiki.services.files.file_intake import FILE_LIMIT_BYTES
from kmwiki.site import Site, resource_folder
from kmwiki.web import mail_stop

#: The largest request: one file and the form around it.
REQUEST_LIMIT_BYTES = FILE_LIMIT_BYTES + 2 * 1024 * 1024
#: Text parts of a form: a page of the largest size that is accepted, as a browser sends it.
FORM_LIMIT_BYTES = 6 * 1024 * 1024


def create_app(site: Site) -> Flask:
    """The application of this site, without its data being looked at: commands have checked the folder."""
    static, templates = (str(resource_folder(name)) for name in ("static", "templates"))
    app = Flask("kmwiki", static_folder=static, template_folder=templates)
    app.extensions["kmwiki"] = site
    app.config.update(
        SECRET_KEY=site.config.secret_key,
        SESSION_COOKIE_NAME=SESSION_COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=site.config.base_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(days=90),
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=REQUEST_LIMIT_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_LIMIT_BYTES,
        MAX_FORM_PARTS=20_000,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form that was open for a day must still save
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),  # static addresses carry a digest of the file
    )
    app.before_request(_use_readers_language)
    add_headers(app)
    compress_static(app)
    compress_pages(app)
    prepare_templates(app)
    answer_errors(app)
    keep_members_site(app)
    csrf = CSRFProtect(app)
    start_login_manager().init_app(app)
    web.register(app)
    csrf.exempt(api.register(app))
    csrf.exempt(mail_stop.blueprint)  # a signed token stands for the person, and mail programs post it
    app.wsgi_app = Front(app.wsgi_app, site.generation)  # type: ignore[method-assign]
    if site.config.proxies:
        hops = site.config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _use_readers_language() -> None:
    set_language(interface_language(request.cookies, request.headers.get("Accept-Language", "")))
