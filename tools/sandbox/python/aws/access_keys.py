"""Finds the account and the owner of an access key."""

import re

from moto.core.responses import BaseResponse
from moto.iam import models as iam


def install():
    """Lets moto read the account id from the sandbox's access keys, because each key contains the id of its account."""
    original = BaseResponse.get_current_account

    def account(self):
        match = re.fullmatch(r"A[KS]IA(\d{12})[0-9A-Z]{4}", self.get_access_key())
        return match.group(1) if match else original(self)

    BaseResponse.get_current_account = account


def owner_of_key(access_key):
    """Returns the `{arn, userId}` of the user to whom the key belongs, or None if moto did not create the key."""
    for backend in (backend for account in list(iam.iam_backends.values()) for backend in list(account.values())):
        key = backend.access_keys.get(access_key)
        if key is not None:
            user = None if getattr(key, "role_arn", None) else backend.get_user(key.user_name)
            return user and {"arn": user.arn, "userId": user.id}
    return None
