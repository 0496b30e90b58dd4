import {
  DescribeConfigRulesCommand,
  DescribeConfigurationRecordersCommand,
  DescribeConfigurationRecorderStatusCommand,
  type ConfigRule,
  type ConfigServiceClient,
} from '@aws-sdk/client-config-service';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { isDeepStrictEqual } from 'node:util';
import { changeNotice, noticeLimitBytes, oversizedNotice, ruleEvent, scheduledNotice } from './config-event.js';
import { deletedGroupItem, groupItem, groupResourceType, itemDiff, type ConfigItemTime } from './config-item.js';
import { isInScope, isTriggeredBy } from './config-rule-scope.js';
import type { Courier } from './courier.js';
import type { Delivery } from './delivery.js';
import type { DeploymentMemo } from './deployment-memo.js';
import { functionNameInArn } from './deployed-function.js';
import type { Evaluations } from './evaluations.js';
import type { GroupChange } from './group-change.js';
import type { JsonObject } from './json.js';
import { mayInvoke } from './lambda-permissions.js';
import type { Place } from './mends/rule-responses.js';
import type { GroupStates } from './security-groups.js';
import { createQueue } from './work.js';

export interface ConfigRecorderOptions {
  readonly courier: Courier;
  readonly evaluations: Evaluations;
  readonly place: Place;
  /** Straight to moto, past the proxy. */
  readonly config: ConfigServiceClient;
  readonly lambda: LambdaClient;
  readonly memo: DeploymentMemo;
  /** Members of a rule that moto forgets. */
  readonly forgottenOf: (ruleName: string) => JsonObject;
  readonly readAllGroups: () => Promise<GroupStates>;
  readonly onItem: (groupId: string, item: JsonObject) => void;
  readonly onNotDelivered: (reason: string) => void;
}

/** AWS Config: records security groups as items and has the deployed rules judge them. */
export interface ConfigRecorder {
  /** Records what the call changed and invokes the rules that are triggered by it. */
  changed(change: GroupChange, cause: number | undefined): void;
  /** Records every group that was not yet recorded, as a recorder does when it is started, and invokes the rules. */
  discover(cause: number | undefined): void;
  /** Has one rule judge everything recorded that is in its scope. */
  evaluate(ruleName: string, cause: number | undefined): void;
  /** Sends a ScheduledNotification to the rules with that trigger, or to the one rule named. */
  schedule(ruleName?: string): Promise<readonly Delivery[]>;
  ruleNames(): Promise<readonly string[]>;
}

interface Recorded {
  readonly item: JsonObject;
  readonly previous: JsonObject | undefined;
}

const sameContent = (a: JsonObject, b: JsonObject): boolean =>
  isDeepStrictEqual([a.configuration, a.tags, a.relationships], [b.configuration, b.tags, b.relationships]);

export const createConfigRecorder = (options: ConfigRecorderOptions): ConfigRecorder => {
  const { courier, evaluations, place, config, lambda, memo } = options;
  const latest = new Map<string, JsonObject>();
  const inTurn = createQueue();
  let lastStateId = 0;

  const nextTime = (capture: Date): ConfigItemTime => {
    lastStateId = Math.max(lastStateId + 1, capture.getTime());
    return { capture, stateId: lastStateId };
  };

  const readRules = async (): Promise<readonly ConfigRule[]> => {
    const found: ConfigRule[] = [];
    let token: string | undefined;
    do {
      const { ConfigRules = [], NextToken } = await config.send(
        new DescribeConfigRulesCommand(token === undefined ? {} : { NextToken: token }),
      );
      found.push(...ConfigRules.map((rule) => ({ ...rule, ...options.forgottenOf(rule.ConfigRuleName ?? '') })));
      token = NextToken;
    } while (token !== undefined && token !== '');
    return found;
  };

  const rules = (): Promise<readonly ConfigRule[]> => memo.of('config rules', readRules);

  /** The role of the recorder, if one is started that records security groups. */
  const readRecordingRole = async (): Promise<string | undefined> => {
    const { ConfigurationRecordersStatus: [status] = [] } = await config.send(
      new DescribeConfigurationRecorderStatusCommand({}),
    );
    if (status?.recording !== true) return undefined;
    const { ConfigurationRecorders: [recorder] = [] } = await config.send(
      new DescribeConfigurationRecordersCommand({}),
    );
    const group = recorder?.recordingGroup;
    const types: readonly string[] = group?.resourceTypes ?? [];
    const excluded: readonly string[] = group?.exclusionByResourceTypes?.resourceTypes ?? [];
    const records = types.length > 0 ? types.includes(groupResourceType) : !excluded.includes(groupResourceType);
    return records ? recorder?.roleARN : undefined;
  };

  const recordingRole = (): Promise<string | undefined> => memo.of('recorder', readRecordingRole);

  const invoke = async (
    rule: ConfigRule,
    notice: JsonObject,
    eventLeftScope: boolean,
    roleArn: string,
    cause: number | undefined,
  ): Promise<Delivery | undefined> => {
    const ruleName = rule.ConfigRuleName ?? '';
    const functionName = functionNameInArn(rule.Source?.SourceIdentifier ?? '');
    const invoker = {
      service: 'config.amazonaws.com',
      sourceArn: rule.ConfigRuleArn ?? '',
      sourceAccount: place.accountId,
    };
    if (!(await memo.of(`${ruleName} may invoke ${functionName}`, () => mayInvoke(lambda, functionName, invoker)))) {
      options.onNotDelivered(
        `Config rule \`${ruleName}\` may not invoke \`${functionName}\`: no permission for config.amazonaws.com`,
      );
      return undefined;
    }
    const resultToken = evaluations.issueToken(ruleName);
    const event = ruleEvent(rule, notice, {
      resultToken,
      eventLeftScope,
      executionRoleArn: roleArn,
      accountId: place.accountId,
    });
    const onNumbered = (id: number): void => {
      evaluations.carried(resultToken, id);
    };
    return courier.deliver({ kind: 'config', functionName, ruleName, event, cause, onNumbered });
  };

  const isCustom = (rule: ConfigRule): boolean => rule.Source?.Owner === 'CUSTOM_LAMBDA';

  const judge = async (
    rule: ConfigRule,
    { item, previous }: Recorded,
    roleArn: string,
    cause: number | undefined,
  ): Promise<void> => {
    const diff = itemDiff(previous, item);
    const now = new Date();
    const whole = changeNotice(item, diff, now);
    const notice =
      Buffer.byteLength(JSON.stringify(whole)) > noticeLimitBytes ? oversizedNotice(item, diff, now) : whole;
    if (!isCustom(rule) || !isTriggeredBy(rule, String(notice.messageType))) return;
    const isIn = isInScope(rule, item);
    const wasIn = previous !== undefined && isInScope(rule, previous);
    if (!isIn && !wasIn) return;
    const left = item.configurationItemStatus === 'ResourceDeleted' || !isIn;
    await invoke(rule, notice, left, roleArn, cause);
  };

  const judgeAll = async (recorded: readonly Recorded[], roleArn: string, cause: number | undefined): Promise<void> => {
    if (recorded.length === 0) return;
    const deployed = await rules();
    await Promise.all(recorded.flatMap((each) => deployed.map((rule) => judge(rule, each, roleArn, cause))));
  };

  const record = (groupId: string, item: JsonObject): Recorded | undefined => {
    const previous = latest.get(groupId);
    if (previous !== undefined && sameContent(previous, item)) return undefined;
    latest.set(groupId, item);
    options.onItem(groupId, item);
    return { item, previous };
  };

  const recordAll = (groups: GroupStates, time: Date): readonly Recorded[] =>
    [...groups].flatMap(([groupId, { group }]) => {
      const status = latest.has(groupId) ? 'OK' : 'ResourceDiscovered';
      return record(groupId, groupItem(group, status, nextTime(time), place)) ?? [];
    });

  const recordDeletions = (change: GroupChange): readonly Recorded[] =>
    [...change.before].flatMap(([groupId, { group }]) => {
      const previous = latest.get(groupId);
      if (change.after.has(groupId) || previous === undefined) return [];
      const item = deletedGroupItem(group, nextTime(change.time), place);
      latest.delete(groupId);
      options.onItem(groupId, item);
      return [{ item, previous }];
    });

  return {
    changed: (change, cause) => {
      courier.plan('config', async () => {
        const { role, recorded } = await inTurn(async () => {
          const roleArn = await recordingRole();
          return {
            role: roleArn,
            recorded:
              roleArn === undefined ? [] : [...recordAll(change.after, change.time), ...recordDeletions(change)],
          };
        });
        if (role !== undefined) await judgeAll(recorded, role, cause);
      });
    },
    discover: (cause) => {
      courier.plan('config', async () => {
        const { role, recorded } = await inTurn(async () => {
          const roleArn = await recordingRole();
          return {
            role: roleArn,
            recorded: roleArn === undefined ? [] : recordAll(await options.readAllGroups(), new Date()),
          };
        });
        if (role !== undefined) await judgeAll(recorded, role, cause);
      });
    },
    evaluate: (ruleName, cause) => {
      courier.plan('config', async () => {
        const role = await inTurn(recordingRole);
        const rule = (await rules()).find(({ ConfigRuleName }) => ConfigRuleName === ruleName);
        if (role === undefined || rule === undefined) return;
        await Promise.all([...latest.values()].map((item) => judge(rule, { item, previous: undefined }, role, cause)));
      });
    },
    schedule: async (ruleName) => {
      const all = (await rules()).filter(isCustom);
      const chosen = all.filter((rule) =>
        ruleName === undefined ? isTriggeredBy(rule, 'ScheduledNotification') : rule.ConfigRuleName === ruleName,
      );
      // A periodic rule is triggered whether or not a recorder runs.
      const role = (await recordingRole()) ?? '';
      const delivered = await Promise.all(
        chosen.map((rule) => invoke(rule, scheduledNotice(new Date(), place), false, role, undefined)),
      );
      return delivered.filter((delivery) => delivery !== undefined);
    },
    ruleNames: async () => (await rules()).map(({ ConfigRuleName }) => ConfigRuleName ?? ''),
  };
};
