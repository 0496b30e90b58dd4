/** Chooses credentials in the AWS CLI's order, which differs from the SDK's. */
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { fromIni } from '@aws-sdk/credential-provider-ini';

export interface ChosenCredentials {
  readonly profile?: string;
  readonly credentials?: ReturnType<typeof fromIni> | ReturnType<typeof fromEnv>;
}

/**
 * Returns the first of these credentials that is set: the profile on the command line, the keys in the environment, AWS_PROFILE,
 * AWS_DEFAULT_PROFILE. Returns an empty object if none is set, so that the SDK chooses the credentials. Source: AWS CLI user guide,
 * "Configuration settings and precedence".
 */
export function chooseAwsCredentials(profile: string | undefined, env: Readonly<Record<string, string | undefined>>): ChosenCredentials {
  if (profile !== undefined) return { profile, credentials: fromIni({ profile }) };
  const named = env.AWS_PROFILE ?? env.AWS_DEFAULT_PROFILE ?? '';
  const ofProfile = named === '' ? {} : { profile: named };
  if ((env.AWS_ACCESS_KEY_ID ?? '') !== '' && (env.AWS_SECRET_ACCESS_KEY ?? '') !== '') return { ...ofProfile, credentials: fromEnv() };
  return named === '' ? {} : { ...ofProfile, credentials: fromIni(ofProfile) };
}
