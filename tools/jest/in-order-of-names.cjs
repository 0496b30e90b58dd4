// Runs spec files in the order of their paths, with `specification` folders first. So a person can read the output from top to bottom.
const { default: Sequencer } = require('@jest/test-sequencer');

const specFileOrder = ({ path }) => `${path.includes('/specification/') ? 0 : 1}${path}`;

module.exports = class extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => (specFileOrder(a) < specFileOrder(b) ? -1 : 1));
  }
};
