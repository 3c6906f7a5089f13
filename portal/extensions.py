"""The Flask extensions, made once and given to the application by create_app."""

from __future__ import annotations

from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from approvals.records.base import Record

db = SQLAlchemy(model_class=Record)
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
