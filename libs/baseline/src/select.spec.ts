import type { Baseline, CompiledBaseline } from './baseline.js';
import { guardedGroupIds, selectBaseline } from './select.js';

const baseline = (name: string, ids: string[]): Baseline => ({
  name,
  groups: { ids },
  mode: 'enforce',
  compare: 'rules',
  ingress: [],
  permit: [],
  ignore: [],
});

const compiled = (...baselines: Baseline[]): CompiledBaseline => ({
  format: 'portcullis-baseline',
  version: 1,
  baselines,
});

const web = baseline('web', ['sg-00000002', 'sg-00000001']);
const data = baseline('data', ['sg-00000003', 'sg-00000001']);

describe('a group', () => {
  it('has the baseline that names its id', () => {
    expect(selectBaseline(compiled(web, data), { id: 'sg-00000003' })).toEqual({ kind: 'guarded', baseline: data });
  });

  it('is unguarded, and not closed, when no baseline names it', () => {
    expect(selectBaseline(compiled(web, data), { id: 'sg-00000009' })).toEqual({ kind: 'unguarded' });
  });

  it('is unguarded when there are no baselines', () => {
    expect(selectBaseline(compiled(), { id: 'sg-00000001' })).toEqual({ kind: 'unguarded' });
  });

  it('is not selected by the beginning of an id', () => {
    expect(selectBaseline(compiled(web), { id: 'sg-0000000' })).toEqual({ kind: 'unguarded' });
  });

  it('has none of the baselines when several name it, whatever their order', () => {
    const ambiguous = { kind: 'ambiguous', names: ['data', 'web'] };

    expect(selectBaseline(compiled(web, data), { id: 'sg-00000001' })).toEqual(ambiguous);
    expect(selectBaseline(compiled(data, web), { id: 'sg-00000001' })).toEqual(ambiguous);
  });
});

describe('the guarded groups', () => {
  it('are those of all baselines, in order and each once', () => {
    expect(guardedGroupIds(compiled(web, data))).toEqual(['sg-00000001', 'sg-00000002', 'sg-00000003']);
  });

  it('are none without baselines', () => {
    expect(guardedGroupIds(compiled())).toEqual([]);
  });
});
