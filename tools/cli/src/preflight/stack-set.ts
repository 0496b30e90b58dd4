/** Checks that CloudFormation is allowed to deploy the StackSet to the member accounts of an organization. */
import {
  OrganizationsClient,
  paginateListAWSServiceAccessForOrganization,
  paginateListDelegatedServicesForAccount,
} from '@aws-sdk/client-organizations';
import { readAllPreflightPages, preflightFails, preflightOk, type CheckResult, type RegionToCheck } from './check.js';

/**
 * The service principal of CloudFormation StackSets in member accounts. In the management account, CloudFormation uses a principal without
 * `member.org.` in its name. Source:
 * https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-cloudformation.html
 */
const STACK_SETS = 'member.org.stacksets.cloudformation.amazonaws.com';

/**
 * Runs only in the first region, because the access is the same in all regions. Runs only in the central account, because no other account
 * deploys the StackSet.
 */
export async function checkStackSetAccess(
  region: RegionToCheck,
  [first]: readonly RegionToCheck[],
): Promise<CheckResult | readonly CheckResult[]> {
  const { accountRegion, accountId, settings, signal } = region;
  const { organization } = settings;
  if (organization?.stackSet === undefined || accountId !== settings.accountId || region !== first) return [];
  const client = accountRegion.client(OrganizationsClient);
  const trusted = await readAllPreflightPages(
    'organizations:ListAWSServiceAccessForOrganization',
    paginateListAWSServiceAccessForOrganization({ client }, {}, { abortSignal: signal }),
    ({ EnabledServicePrincipals }) => EnabledServicePrincipals,
  );
  if (!trusted.some(({ ServicePrincipal }) => ServicePrincipal === STACK_SETS))
    return preflightFails(
      'CloudFormation StackSets have no trusted access to the organization',
      'CloudFormation refuses a service-managed StackSet',
      '`aws cloudformation activate-organizations-access`, with credentials of the management account',
    );
  const { managementAccountId = accountId } = organization;
  if (managementAccountId === accountId) return preflightOk('CloudFormation StackSets have trusted access to the organization');
  const delegated = await readAllPreflightPages(
    'organizations:ListDelegatedServicesForAccount',
    paginateListDelegatedServicesForAccount({ client }, { AccountId: accountId }, { abortSignal: signal }),
    ({ DelegatedServices }) => DelegatedServices,
  );
  if (delegated.some(({ ServicePrincipal }) => ServicePrincipal === STACK_SETS))
    return preflightOk(`CloudFormation StackSets have trusted access to the organization, and ${accountId} is a delegated administrator`);
  return preflightFails(
    `${accountId} is not a delegated administrator of CloudFormation StackSets`,
    'CloudFormation refuses a service-managed StackSet',
    `\`aws organizations register-delegated-administrator --service-principal ${STACK_SETS} --account-id ${accountId}\`, with credentials of the management account`,
  );
}
