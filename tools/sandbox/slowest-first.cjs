// Starts the slowest files first, so that all workers end at about the same time. In its first run, Jest does not know how long each file
// takes.
const { default: Sequencer } = require('@jest/test-sequencer');

const SLOWEST_FIRST = ['tutorial', 'living-with', 'least-privilege', 'limits', 'restoration', 'tampering', 'faults', 'detection'];

const sandboxSpecRank = ({ path }) => {
  const place = SLOWEST_FIRST.findIndex((name) => path.endsWith(`/${name}.spec.ts`));
  return place < 0 ? SLOWEST_FIRST.length : place;
};

module.exports = class extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => sandboxSpecRank(a) - sandboxSpecRank(b));
  }
};
