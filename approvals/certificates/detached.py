"""What a third party needs to check the detached signature by OpenSSL alone: data, signature and public key."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pikepdf

from approvals.certificates import sm2
from approvals.certificates.sheet import DATA_FILE

SIGNATURE_FILE, KEY_FILE, READ_ME = "certificate.sm2", "sm2.pem", "README.txt"
WORDS = """示例：国密签名由演示密钥作出，没有法律效力；须由取得电子认证服务许可的机构签名后才有效。
A demonstration: this key is nobody's licensed certification authority.

openssl pkeyutl -verify -pubin -inkey sm2.pem -in certificate.json -sigfile certificate.sm2 \\
    -rawin -digest sm3 -pkeyopt distid:1234567812345678

sm2.pem 应当另从 /verify/keys 取得并核对指纹。 Take sm2.pem from /verify/keys and compare its fingerprint.
"""
DATED = (1980, 1, 1, 0, 0, 0)
"""The same files give the same archive."""


def bundle(pdf: bytes, signature: str, key: str, keys: Path) -> bytes:
    """A zip archive; the data are the bytes embedded in the file. FileNotFoundError without them or the key."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if DATA_FILE not in document.attachments:
            raise FileNotFoundError(DATA_FILE)
        data = document.attachments[DATA_FILE].get_file().read_bytes()
    public = sm2.public_keys(keys).get(key)
    if public is None:
        raise FileNotFoundError(KEY_FILE)
    files = {
        DATA_FILE: data,
        SIGNATURE_FILE: bytes.fromhex(signature),
        KEY_FILE: public,
        READ_ME: WORDS.encode(),
    }
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, DATED), content)
    return output.getvalue()
