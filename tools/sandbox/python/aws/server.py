"""Runs the pinned moto. Reports each call to the sandbox before and after moto handles the call.

Usage: python -m aws.server PORT

This process reads JSON lines from standard input, and writes JSON lines to standard output. When standard input ends, the process exits, so it never outlives the sandbox. ../src/simulated-aws/call.ts defines the types.

- The first line of output is {"endpoint": "http://127.0.0.1:PORT"}.
- Before moto handles a call, this process writes {"id": 1, "before": PendingCall}. When the call has ended, this process writes
  {"id": 1, "after": CallEnd}. After each of these lines, this process waits for {"id": 1, "verdict": Verdict}.
- This process answers the input line {"id": 1, "question": {…}} with {"id": 1, "answer": …}.
"""

import contextlib
import itertools
import json
import os
import re
import sys
import threading
from concurrent.futures import Future
from urllib.parse import unquote

from flask import request as flask_request
from moto.backends import get_backend
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.exceptions import S3ClientError
from moto.s3.responses import S3Response
from werkzeug.serving import WSGIRequestHandler, make_server

from . import access_keys, security_groups as groups

WRITES = re.compile(r"(?!Describe|Get)\w+(SecurityGroup\w*|Tags|ManagedPrefixList\w*|Vpc)")
numbers = itertools.count(1)
writing = threading.RLock()
#: Call id -> a future with the sandbox's next verdict on this call.
verdicts = {}
# Redirects the output of libraries to standard error, because standard output must contain only JSON lines.
lines, sys.stdout = sys.stdout, sys.stderr
printing = threading.Lock()


def say(message):
    text = json.dumps(message, default=str)
    with printing:
        print(text, file=lines, flush=True)


def tell(number, phase, message):
    """Reports a call, and returns the verdict of the sandbox."""
    verdict = verdicts[number] = Future()
    say({"id": number, phase: message})
    return verdict.result()


def operation_of(response):
    return response._get_action() or f"{response.method} {response.raw_path}"


def input_of(response):
    """Returns the input of the call. If moto does not parse the input with the API model, reads the JSON body or the form."""
    if response.automated_parameter_parsing:
        return response._get_params()
    try:
        given = json.loads(response.body) if response.body else response._get_params()
    except ValueError:
        given = {}
    # Adds the parameters in the path of a REST call to the input. The input of a Lambda Invoke call is the event, which stays unchanged.
    if response.uri_match and operation_of(response) != "Invoke":
        given = {**{key: unquote(value) for key, value in response.uri_match.groupdict().items()}, **given}
    return given


def groups_of(operation, given):
    """Returns the ids or names of the groups that a call may change. CreateVpc and DeleteVpc change the group `default`."""
    if operation.endswith("Tags"):
        return [each for each in given.get("Resources") or [] if str(each).startswith("sg-")]
    if "ManagedPrefixList" in operation:
        return []
    return [given.get("GroupId") or given.get("GroupName") or "default"]


def named_groups(operation, given):
    """Returns the owner, VPC and tags of each group that the call or a modified rule refers to. IAM conditions use these properties."""
    rules = [each.get("SecurityGroupRule") or {} for each in given.get("SecurityGroupRules") or []]
    ids = {*groups_of(operation, given), *(rule.get("ReferencedGroupId") for rule in rules)}
    found = {}
    for group in filter(None, map(groups.find_group, ids)):
        # In a shared VPC, the owner of the VPC and the owner of the group can differ.
        vpc = group.ec2_backend.vpcs.get(group.vpc_id)
        vpc_owner = group.owner_id if vpc is None else vpc.ec2_backend.account_id
        tags = {tag["key"]: tag["value"] for tag in group.get_tags()}
        found[group.id] = {"ownerId": group.owner_id, "vpcId": group.vpc_id, "vpcOwnerId": vpc_owner, "tags": tags}
    return found


def difference(before, after):
    """Returns the rules of `before` that are missing or changed in `after`. Ignores descriptions and tags."""

    def content(rule):
        return json.dumps({**rule, "Description": None, "Tags": None}, sort_keys=True)

    rules, kept = ([rule for each in side.values() for rule in each["rules"]] for side in (before, after))
    contents = {content(rule) for rule in kept}
    return [rule for rule in rules if content(rule) not in contents]


def error_in(status, body):
    if status < 400:
        return None
    text = body.decode(errors="replace") if isinstance(body, bytes) else str(body)
    code = re.search(r'<Code>([^<]+)</Code>|"(?:__type|code)":\s*"(?:[^"]*#)?([^":]+)', text)
    message = re.search(r'<Message>([^<]*)</Message>|"[mM]essage":\s*"([^"]*)"', text)
    return {"code": code[1] or code[2] if code else f"HTTP{status}", "message": (message[1] or message[2] or "") if message else ""}


def failure(response, error):
    # moto uses the module name of the exception to find the API model of the error.
    refused = type("Refused", (ServiceException,), {"__module__": f"moto.{response.boto3_service_name}.exceptions"})
    _, headers, body = response.serialized(ActionResult(refused(error["code"], error["message"])))
    return error.get("status", 400), headers, body


def answered(response, verdict, carry_out):
    """Returns the status, headers and body of the response that the verdict requires."""
    if "error" in verdict:
        return failure(response, verdict["error"])
    if "result" in verdict:
        return response.serialized(ActionResult(verdict["result"]))
    if "raw" in verdict:
        raw = verdict["raw"]
        return raw["status"], {**response.response_headers, **raw["headers"]}, raw["body"]
    answer = carry_out()
    # With `lost`, moto has handled the call, but the caller gets an error.
    return failure(response, verdict["lost"]) if "lost" in verdict else answer


def hook():
    of_services, of_bucket = BaseResponse.call_action, S3Response._bucket_response

    def passed(self, operation, given, carry_out):
        """Tells the sandbox when the call starts and ends. Returns the response that the sandbox's verdict requires."""
        number, service = next(numbers), self.boto3_service_name
        is_write = service == "ec2" and WRITES.fullmatch(operation) is not None
        begin = {
            "id": number,
            "service": service,
            "operation": operation,
            "account": self.current_account,
            "region": self.region,
            "accessKeyId": self.access_key,
            "owner": access_keys.owner_of_key(self.access_key),
            "userAgent": self.headers.get("User-Agent", ""),
            "sourceIp": flask_request.remote_addr,
            "input": given,
            "path": self.raw_path,
            "invocationType": self.headers.get("X-Amz-Invocation-Type"),
        }
        end = {"id": number, "change": None}
        with writing if is_write else contextlib.nullcontext():
            verdict = tell(number, "before", {**begin, "groups": named_groups(operation, given)} if service == "ec2" else begin)
            groups.reading.stale = verdict.get("stale", False)
            names = groups_of(operation, given)
            before = groups.states(self.ec2_backend, names) if is_write else None
            try:
                status, headers, body = answered(self, verdict, carry_out)
            except Exception as error:
                # Either moto does not support the call, or moto has a bug.
                tell(number, "after", {**end, "status": 500, "error": {"code": "InternalError", "message": repr(error)}})
                raise
            if is_write:
                after = groups.states(self.ec2_backend, names)
                end["change"] = {"before": before, "after": after, "gained": difference(after, before), "lost": difference(before, after)}
            tell(number, "after", {**end, "status": status, "error": error_in(status, body)})
            return status, {key: str(value) for key, value in headers.items() if key != "status"}, body

    def call_action(self):
        return passed(self, operation_of(self), input_of(self), lambda: of_services(self))

    def bucket_response(self, request, full_url):
        """Reports each S3 call that changes a bucket, with CloudTrail's name for the call, such as PutBucketPolicy. In moto, S3 bypasses
        `call_action`."""
        bucket = self.parse_bucket_name_from_url(request, full_url)
        if not bucket or request.method not in ("PUT", "DELETE"):
            return of_bucket(self, request, full_url)
        aspect = next((name for name in self._get_querystring(request, full_url) if name != "x-id"), "")
        operation = f"{request.method.capitalize()}Bucket{aspect[:1].upper()}{aspect[1:]}"
        operation = "CreateBucket" if operation == "PutBucket" else operation
        self.data["Action"] = operation

        def carry_out():
            try:
                answer = of_bucket(self, request, full_url)
            except S3ClientError as error:
                answer = self.serialized(ActionResult(error))
            return (200, {}, answer) if isinstance(answer, (str, bytes)) else answer

        return passed(self, operation, {"BucketName": bucket}, carry_out)

    BaseResponse.call_action = call_action
    S3Response._bucket_response = bucket_response


#: Kind of resource that a deployment creates -> its service, and a function that returns these resources of a moto backend.
INVENTORY = {
    "alarm": ("cloudwatch", lambda backend: backend.alarms),
    "bucket": ("s3", lambda backend: backend.buckets),
    "Config rule": ("config", lambda backend: backend.config_rules),
    "configuration recorder": ("config", lambda backend: backend.recorders),
    "dashboard": ("cloudwatch", lambda backend: backend.dashboards),
    "EventBridge rule": ("events", lambda backend: [rule for bus in backend.event_buses.values() for rule in bus.rules]),
    "function": ("lambda", lambda backend: backend._lambdas._functions),
    "log group": ("logs", lambda backend: backend.groups),
    "policy": ("iam", lambda backend: [each.name for each in backend.managed_policies.values() if "::aws:" not in each.arn]),
    "queue": ("sqs", lambda backend: backend.queues),
    "role": ("iam", lambda backend: backend.roles),
    "trail": ("cloudtrail", lambda backend: backend.trails),
}


def inventory():
    """Returns a text such as `function portcullis-config-remediator, eu-west-1` for each resource of the kinds in INVENTORY."""
    return sorted(
        f"{kind} {getattr(name, 'name', name)}, {region}"
        for kind, (service, held) in INVENTORY.items()
        for account in list(get_backend(service).values())
        for region, backend in list(account.items())
        for name in list(held(backend))
    )


def share(region, owner, participant, vpc=None, group=None):
    """Shares a VPC or a group of `owner` with `participant`, as Resource Access Manager does. The owner of a VPC also sees the groups that
    participants create in the VPC.
    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html"""
    backends = groups.ec2_backends
    if vpc is not None:
        backends[participant][region].vpcs[vpc] = backends[owner][region].vpcs[vpc]
        groups.VISIBLE[(owner, region)].add(vpc)
    if group is not None:
        groups.VISIBLE[(participant, region)].add(group)
    return {}


def due_schedules(account, region, at):
    """Removes the one-time schedules that are due at this time (`2026-11-27T16:00:00`, UTC), and returns them."""
    backend = get_backend("scheduler")[account][region]
    schedules = [schedule.to_dict() for group in backend.schedule_groups.values() for schedule in group.schedules.values()]
    due = [each for each in schedules if each["State"] == "ENABLED" and "at(" < each["ScheduleExpression"] <= f"at({at})"]
    for each in due:
        backend.delete_schedule(each["GroupName"], each["Name"])
    return due


def create_stack(**given):
    # Importing CloudFormation takes a second, because it imports every service.
    from . import cloudformation

    return cloudformation.create_stack(**given)


#: Kind of question -> the function that answers it. For example, {"groups": {"account": …, "region": …}} calls the function at `groups`.
ANSWERS = {
    "groups": lambda account, region: groups.states(groups.ec2_backends[account][region]),
    "inventory": inventory,
    "dueSchedules": due_schedules,
    "record": lambda account, region, record: get_backend("cloudtrail")[account][region].record_event(record),
    "share": share,
    "stack": create_stack,
    "token": lambda account, region, rule: get_backend("config")[account][region].issue_result_token(rule),
}


def main():
    [port] = sys.argv[1:]
    groups.install()
    access_keys.install()
    hook()
    handler = type("Handler", (WSGIRequestHandler,), {"protocol_version": "HTTP/1.1", "log_request": lambda *_: None})
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", int(port), application, threaded=True, request_handler=handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say({"endpoint": f"http://127.0.0.1:{server.server_port}"})
    for line in sys.stdin:
        message = json.loads(line)
        if "question" in message:
            [(kind, given)] = message["question"].items()
            say({"id": message["id"], "answer": ANSWERS[kind](**given)})
        else:
            verdicts.pop(message["id"]).set_result(message["verdict"])
    os._exit(0)


if __name__ == "__main__":
    main()
