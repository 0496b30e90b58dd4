"""Small corrections of moto 5.2.1, each with what AWS does."""

import json
import re

from moto.awslambda import urls as lambda_urls
from moto.cloudtrail.models import CloudTrailBackend
from moto.config.responses import ConfigResponse
from moto.core.responses import BaseResponse
from moto.iam import models as iam


def install():
    # moto has no such path; the sandbox answers the call.
    lambda_urls.url_paths["{0}/2016-08-19/account-settings/?$"] = lambda_urls.LambdaResponse.dispatch
    take_trail_arns()
    mode = {"recordingMode": {"recordingFrequency": "CONTINUOUS"}}
    remember_members("put_configuration_recorder", "describe_configuration_recorders", "ConfigurationRecorder", "name", mode)
    modes = {"Scope": None, "EvaluationModes": [{"Mode": "DETECTIVE"}]}
    remember_members("put_config_rule", "describe_config_rules", "ConfigRule", "ConfigRuleName", modes)
    know_accounts()


def take_trail_arns():
    """CloudTrail takes a trail's name or its ARN; Terraform sends the ARN.
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StartLogging.html"""
    for name in ("start_logging", "stop_logging", "delete_trail"):
        original = getattr(CloudTrailBackend, name)
        setattr(CloudTrailBackend, name, lambda self, name, call=original: call(self, self.get_trail(name).trail_name))


def remember_members(put, describe, member, key, defaults):
    """moto forgets these members, so that Terraform, which reads back what it set, would plan to set them again on every run."""
    kept = {}
    put_original, describe_original = getattr(ConfigResponse, put), getattr(ConfigResponse, describe)

    def remembering_put(self):
        answer, given = put_original(self), self._get_param(member)
        values = {name: given.get(name, default) for name, default in defaults.items()}
        named = (self.current_account, self.region, given.get(key, "default"))
        kept[named] = {name: value for name, value in values.items() if value is not None}
        return answer

    def completed_describe(self):
        answer = json.loads(describe_original(self))
        for each in answer[f"{member}s"]:
            each.update(kept.get((self.current_account, self.region, each.get(key)), {}))
        return json.dumps(answer)

    setattr(ConfigResponse, put, remembering_put)
    setattr(ConfigResponse, describe, completed_describe)


def know_accounts():
    """A key that the sandbox handed out holds its account in its digits."""
    original = BaseResponse.get_current_account

    def account(self):
        match = re.fullmatch(r"A[KS]IA(\d{12})[0-9A-Z]{4}", self.get_access_key())
        return match.group(1) if match else original(self)

    BaseResponse.get_current_account = account


def owner_of_key(access_key):
    """Which user moto's IAM gave the key to: `{arn, userId}`; None for another key."""
    for backend in (backend for account in list(iam.iam_backends.values()) for backend in list(account.values())):
        key = backend.access_keys.get(access_key)
        if key is not None:
            user = None if getattr(key, "role_arn", None) else backend.get_user(key.user_name)
            return user and {"arn": user.arn, "userId": user.id}
    return None
