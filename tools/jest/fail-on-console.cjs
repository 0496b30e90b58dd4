// Whatever a test prints is either noise or something the test should have asserted: either way it fails.
const methods = ['debug', 'error', 'info', 'log', 'warn'];

for (const method of methods) {
  console[method] = (...args) => {
    throw new Error(`console.${method} was called in a test: ${args.map(String).join(' ')}`);
  };
}
