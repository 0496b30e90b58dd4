// moto gives a rule a new id whenever it is made anew, and some of AWS's calls can only be had from it by revoking and
// authorizing (a refused call taken back, ModifySecurityGroupRules with an IPv6 source). AWS keeps the id in all of
// these. So the id which moto made is shown, in every answer of EC2, as the id which the rule had before; and
// understood, in every request, as the one moto knows.
import type { Interceptor } from '../pipeline.js';
import { withForm } from '../api-request.js';

export interface RuleIds {
  /** From now on the rule that moto calls `inMoto` is called `shown`. */
  alias(inMoto: string, shown: string): void;
  shown(inMoto: string): string;
  inMoto(shown: string): string;
  readonly interceptor: Interceptor;
}

const ruleId = /sgr-[0-9a-f]+/g;

export const createRuleIds = (): RuleIds => {
  const shownByMoto = new Map<string, string>();
  const motoByShown = new Map<string, string>();
  const shown = (inMoto: string): string => shownByMoto.get(inMoto) ?? inMoto;
  const inMoto = (id: string): string => motoByShown.get(id) ?? id;
  return {
    alias: (motoId, shownId) => {
      shownByMoto.set(motoId, shownId);
      motoByShown.set(shownId, motoId);
    },
    shown,
    inMoto,
    interceptor: {
      matches: ({ service, form }) => service === 'ec2' && form !== undefined && motoByShown.size > 0,
      handle: async (request, next) => {
        const form = (request.form ?? []).map(([name, value]) => [name, value.replace(ruleId, inMoto)] as const);
        const response = await next(withForm(request, form));
        const body = response.body.toString('utf8');
        const mended = body.replace(ruleId, shown);
        return mended === body ? response : { ...response, body: Buffer.from(mended) };
      },
    },
  };
};
