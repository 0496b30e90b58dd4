/** How often a count is told: at every so many resources. */
const every = 10;

/** Turns Terraform's output into a few short lines: how much there is to do, how far it is, how it ended. */
export const createProgress = (tell: (line: string) => void): ((line: string) => void) => {
  let planned: number | undefined;
  let done = 0;
  return (line) => {
    const [, plan, ...counts] = /(Plan: (\d+) to add, (\d+) to change, (\d+) to destroy)\./.exec(line) ?? [];
    // cdktf shows a plan more than once.
    if (plan !== undefined && planned === undefined) {
      planned = counts.reduce((sum, count) => sum + Number(count), 0);
      tell(plan);
    } else if (/: (?:Creation|Modifications|Destruction) complete after /.test(line)) {
      done += 1;
      if (done % every === 0) tell(`${done}${planned === undefined ? '' : ` of ${planned}`} resources done`);
    } else {
      // cdktf puts the stack's name or spaces before what Terraform says.
      const [end] = /(?:Apply|Destroy) complete! .*/.exec(line) ?? [];
      if (end !== undefined) tell(end);
    }
  };
};
