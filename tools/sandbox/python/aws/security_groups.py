"""Adds shared groups and stale reads to moto's security groups, and returns the state of groups for CloudTrail records and AWS Config
items. ../moto.patch corrects EC2's behaviour."""

import copy
import json
import threading
from collections import defaultdict

from moto.core.responses import get_service_model
from moto.core.serialize import JSONSerializer, XFormedAttributePicker
from moto.ec2.models import ec2_backends
from moto.ec2.models.security_groups import SecurityGroupBackend

#: (account, region) -> ids of groups that are shared with the account, and of VPCs that the account shares.
VISIBLE = defaultdict(set)
#: group id -> ingress and egress rules from before the last write.
PREVIOUS = {}
#: `reading.stale`: whether the current call of this thread reads the rules from before the last write.
reading = threading.local()


class Answer(JSONSerializer):
    """Serializes EC2's response with the member names of the SDK, such as `GroupId`."""

    def get_serialized_name(self, shape, default_name):
        return default_name


def answer(operation, member, found):
    model = get_service_model("ec2").operation_model(operation)
    return json.loads(Answer(model, value_picker=XFormedAttributePicker()).serialize({member: found})["body"])[member]


def states(backend, names=None):
    """Returns the account's own groups with these ids or names, in the form of DescribeSecurityGroups and DescribeSecurityGroupRules.
    Without names, returns all groups that the account owns."""
    own = [group for groups in list(backend.groups.values()) for group in list(groups.values())]
    own = [group for group in own if names is None or group.id in names or group.name in names]
    return {
        group.id: {
            "group": shown,
            "rules": answer("DescribeSecurityGroupRules", "SecurityGroupRules", [rule.response_object() for rule in rules_of(group)]),
        }
        for group, shown in zip(own, answer("DescribeSecurityGroups", "SecurityGroups", own))
    }


def rules_of(group):
    return [*group.egress_rules, *group.ingress_rules]


def find_group(group_id):
    """Returns the group with this id, from any account and region."""
    backends = (backend for account in list(ec2_backends.values()) for backend in list(account.values()))
    return next(filter(None, (backend.get_security_group_from_id(group_id) for backend in backends)), None)


def visible_groups(backend):
    """Returns the groups that the account sees: its own groups, shared groups, and groups of participants in its VPCs."""
    shared = VISIBLE[(backend.account_id, backend.region_name)]
    found = [
        group
        for account_id, account in list(ec2_backends.items())
        if account_id == backend.account_id or (shared and backend.region_name in account)
        for groups in list(account[backend.region_name].groups.values())
        for group in list(groups.values())
        if account_id == backend.account_id or group.id in shared or group.vpc_id in shared
    ]
    return [before_last_write(group) for group in found] if getattr(reading, "stale", False) else found


def before_last_write(group):
    old = copy.copy(group)
    old.ingress_rules, old.egress_rules = PREVIOUS.get(group.id, (group.ingress_rules, group.egress_rules))
    return old


def install():
    replace_rules = SecurityGroupBackend._replace_rules

    def remembering_replace(self, group, rules, dry_run):
        before = group.ingress_rules, group.egress_rules
        replace_rules(self, group, rules, dry_run)
        PREVIOUS[group.id] = before

    SecurityGroupBackend._replace_rules = remembering_replace
    SecurityGroupBackend.get_all_security_groups = visible_groups
