import type { ConfigRule } from '@aws-sdk/client-config-service';
import { objectOf, textOf, type JsonObject } from './json.js';

/**
 * Reports whether the item's resource is in the rule's scope: by type, by type and id, or by tag; a rule without a
 * scope has every resource.
 */
export const isInScope = ({ Scope: scope }: ConfigRule, item: JsonObject): boolean => {
  if (scope === undefined) return true;
  const { ComplianceResourceTypes: types = [], ComplianceResourceId: id, TagKey: tagKey, TagValue: tagValue } = scope;
  if (types.length > 0 && !types.includes(textOf(item, 'resourceType') ?? '')) return false;
  if (id !== undefined && id !== '' && id !== textOf(item, 'resourceId')) return false;
  if (tagKey === undefined || tagKey === '') return true;
  const value = textOf(objectOf(item, 'tags'), tagKey);
  return value !== undefined && (tagValue === undefined || tagValue === '' || tagValue === value);
};

/** Reports whether messages of that type trigger the rule. */
export const isTriggeredBy = ({ Source: source }: ConfigRule, messageType: string): boolean =>
  (source?.SourceDetails ?? []).some(({ MessageType }) => MessageType === messageType);
