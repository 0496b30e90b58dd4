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

    def by_name(method):
        return lambda self, name: method(self, self.get_trail(name).trail_name)

    for name in ("start_logging", "stop_logging", "delete_trail"):
        setattr(CloudTrailBackend, name, by_name(getattr(CloudTrailBackend, name)))


def remember_members(put, describe, member, key, defaults):
    """moto forgets these members, so that Terraform, which reads back what it set, would plan to set them again on every run."""
    kept = {}
    put_original, describe_original = getattr(ConfigResponse, put), getattr(ConfigResponse, describe)

    def place(self):
        return (self.current_account, self.region)

    def remembering_put(self):
        answer = put_original(self)
        given = self._get_param(member)
        values = {name: given.get(name, default) for name, default in defaults.items()}
        kept[(*place(self), given.get(key, "default"))] = {name: value for name, value in values.items() if value is not None}
        return answer

    def completed_describe(self):
        answer = json.loads(describe_original(self))
        for each in answer[f"{member}s"]:
            each.update(kept.get((*place(self), each.get(key)), {}))
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
    for account in list(iam.iam_backends.values()):
        for backend in list(account.values()):
            key = backend.access_keys.get(access_key)
            if key is None:
                continue
            if getattr(key, "role_arn", None):
                return None
            user = backend.get_user(key.user_name)
            return {"arn": user.arn, "userId": user.id}
    return None
