"""The kinds of question, one file each, and the table that finds them."""

from __future__ import annotations

from forms.fields import AnswerField
from forms.kinds.address import AddressField
from forms.kinds.area import AreaField
from forms.kinds.bank_account import BankAccountField
from forms.kinds.boundary import BoundaryField
from forms.kinds.choice import ChoiceField
from forms.kinds.choices import ChoicesField
from forms.kinds.compound import CompoundField, PeriodField, PointField
from forms.kinds.credit_code import CreditCodeField
from forms.kinds.date import DateField
from forms.kinds.declaration import DeclarationField
from forms.kinds.email import EmailField
from forms.kinds.identity_number import IdentityNumberField
from forms.kinds.long_text import LongTextField
from forms.kinds.money import MoneyField
from forms.kinds.number import NumberField
from forms.kinds.phone import PhoneField
from forms.kinds.rows import RowsField
from forms.kinds.signature import SignatureField
from forms.kinds.text import TextField
from forms.kinds.yes_no import YesNoField
from services.item import Kind

KINDS: dict[Kind, type[AnswerField]] = {
    Kind.TEXT: TextField,
    Kind.LONG_TEXT: LongTextField,
    Kind.NUMBER: NumberField,
    Kind.MONEY: MoneyField,
    Kind.AREA: AreaField,
    Kind.DATE: DateField,
    Kind.PERIOD: PeriodField,
    Kind.CHOICE: ChoiceField,
    Kind.CHOICES: ChoicesField,
    Kind.YES_NO: YesNoField,
    Kind.ADDRESS: AddressField,
    Kind.IDENTITY_NUMBER: IdentityNumberField,
    Kind.CREDIT_CODE: CreditCodeField,
    Kind.PHONE: PhoneField,
    Kind.EMAIL: EmailField,
    Kind.BANK_ACCOUNT: BankAccountField,
    Kind.PERSON: CompoundField,
    Kind.ORGANISATION: CompoundField,
    Kind.POINT: PointField,
    Kind.BOUNDARY: BoundaryField,
    Kind.GROUP: RowsField,
    Kind.TABLE: RowsField,
    Kind.DECLARATION: DeclarationField,
    Kind.SIGNATURE: SignatureField,
}
