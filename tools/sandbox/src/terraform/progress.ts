/** How often a count is told: at every so many resources. */
const every = 10;

/** Turns Terraform's output into a few short lines: how much there is to do, how far it is, how it ended. */
export const createProgress = (tell: (line: string) => void): ((line: string) => void) => {
  let planned: string | undefined;
  let done = 0;
  return (line) => {
    // cdktf puts the stack's name and spaces before what Terraform says.
    const [, text = ''] = /(?:^|\s{2,})(\S.*)$/.exec(line) ?? [];
    const [, plan, add, , destroy] = /(Plan: (\d+) to add, (\d+) to change, (\d+) to destroy)\./.exec(line) ?? [];
    if (plan !== undefined && planned === undefined) {
      planned = String(Number(add) + Number(destroy));
      tell(plan);
    } else if (/: (?:Creation|Modifications|Destruction) complete after /.test(line)) {
      done += 1;
      if (done % every === 0) tell(`${done}${planned === undefined ? '' : ` of ${planned}`} resources done`);
    } else if (/(?:Apply|Destroy) complete! /.test(text)) tell(text.slice(text.search(/(?:Apply|Destroy) complete!/)));
  };
};
