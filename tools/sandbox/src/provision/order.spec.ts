import fc from 'fast-check';
import { orderByDependency, type Order } from './order.js';

const orderOf = (dependencies: Record<string, string[]>): Order =>
  orderByDependency(new Map(Object.entries(dependencies).map(([node, needs]) => [node, new Set(needs)])));

describe('the order of dependency', () => {
  it('puts what is needed before what needs it, and keeps the given order otherwise', () => {
    expect(orderOf({ d: ['b'], a: [], b: ['c'], c: [] }).order).toEqual(['a', 'c', 'b', 'd']);
  });

  it('does not look at what is not among the nodes, such as data sources', () => {
    expect(orderOf({ a: ['data.x.y'] })).toEqual({ order: ['a'], cycles: [] });
  });

  it.each<{ name: string; dependencies: Record<string, string[]>; cycles: string[][] }>([
    { name: 'of one that needs itself', dependencies: { a: ['a'] }, cycles: [['a', 'a']] },
    { name: 'of two', dependencies: { a: ['b'], b: ['a'] }, cycles: [['a', 'b', 'a']] },
    {
      name: 'with others before and behind it, which are not blamed',
      dependencies: { before: [], a: ['before', 'b'], b: ['c'], c: ['a'], behind: ['a'] },
      cycles: [['a', 'b', 'c', 'a']],
    },
    {
      name: 'and another one beside it',
      dependencies: { a: ['b'], b: ['a'], c: ['d'], d: ['c'] },
      cycles: [
        ['a', 'b', 'a'],
        ['c', 'd', 'c'],
      ],
    },
    {
      name: 'reached from one that is in none',
      dependencies: { a: ['b'], b: ['c'], c: ['b'] },
      cycles: [['b', 'c', 'b']],
    },
  ])('tells a cycle $name', ({ dependencies, cycles }) => {
    expect(orderOf(dependencies).cycles).toEqual(cycles);
  });

  const size = 12;
  const edges = fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 40 });
  const graph = (pairs: readonly (readonly [number, number])[]): Map<string, Set<string>> => {
    const dependencies = new Map(Array.from({ length: size }, (_, node) => [String(node), new Set<string>()]));
    for (const [from, to] of pairs) dependencies.get(String(from))?.add(String(to));
    return dependencies;
  };

  it('of a graph without cycles holds every node once, after all it needs', () => {
    fc.assert(
      fc.property(edges, (pairs) => {
        const dependencies = graph(pairs.filter(([from, to]) => from > to));

        const { order, cycles } = orderByDependency(dependencies);

        expect(cycles).toEqual([]);
        expect([...order].sort()).toEqual([...dependencies.keys()].sort());
        for (const [node, needs] of dependencies)
          for (const need of needs) expect(order.indexOf(need)).toBeLessThan(order.indexOf(node));
      }),
    );
  });

  it('of any graph leaves a node out only when it tells a cycle, and every cycle it tells is one', () => {
    fc.assert(
      fc.property(edges, (pairs) => {
        const dependencies = graph(pairs);

        const { order, cycles } = orderByDependency(dependencies);

        expect(order.length === size).toBe(cycles.length === 0);
        for (const cycle of cycles) {
          expect(cycle.at(-1)).toBe(cycle[0]);
          for (const [index, node] of cycle.slice(1).entries())
            expect(dependencies.get(cycle[index] ?? '')?.has(node)).toBe(true);
        }
      }),
    );
  });
});
