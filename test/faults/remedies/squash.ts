import { type Pointer, pointer } from './scenario.ts'

const refused = (titles: string, works: string): readonly Pointer[] => [
  pointer('cli/daily/squash-refusals.test.ts', titles, works),
]
const inside = (title: string, works: string): readonly Pointer[] => [pointer('unit/squash/run.test.ts', title, works)]

/** Advice of `migrate squash`, by the text in the sources. */
export const squashAdvice: { readonly [advice: string]: readonly Pointer[] } = {
  'Leave the flag out: the range has no data step at all.': refused(
    'with a data step where there is none',
    'leaves the flag out',
  ),
  'Name … instead.': [
    pointer(
      'unit/squash/target.test.ts',
      'a revision that was replaced is not found, and the error names the squashed one',
      'the revision exists',
    ),
  ],
  'Add --keep <step> for each that an empty database needs, and --only-old-rows <step> for each that only changes rows which were there before; `all` stands for all of them.':
    refused('with an undecided data step', 'keeps it'),
  'Write one with `migrate squash <from>:<to>`.': refused('that prunes nothing', 'writes one'),
  'Write it as <from>:<to>; both ends belong to it, and either may be left out.': refused(
    'without a range',
    'names it',
  ),
  'Write a range as <from>:<to>; both ends belong to it.': refused('of no revision', 'names it'),
  'Name a range with one base and one head.': refused('of two bases, and its advice works', 'names one of each'),
  'Add --on <url> for …: only a shadow database is made there, and dropped.': refused(
    'without a server of a dialect of the project, and its advice works: %s',
    'names it',
  ),
  'Correct the URL of `--on`.': refused(
    'that prunes for a database which does not exist, and its advice works',
    'corrects it',
  ),
  'Correct the URL, or prune in a checkout that has the file of this revision.': refused(
    'that prunes for a database that %s, and its advice works',
    'leaves the URL out',
  ),
  'Name a range of at least two revisions.': refused('of one revision', 'names two'),
  'Choose a range of the graph.': [
    pointer('cli/daily/squash-refusals.test.ts', 'a sequential tier, and its advice works', 'chooses one'),
  ],
  'Choose a range without it.': refused('whose range holds a squashed revision', 'names another'),
  'Run ….': inside('a database inside the range is refused, and the remedy leads out of it', 'ends the range'),
  'Bring back the files of …, for example with the release before them; then run ….': inside(
    'one whose files of the range are gone is told to bring them back',
    'brings them back',
  ),
}
