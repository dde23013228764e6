import { type Pointer, pointer } from '../scenario.ts'

const files = 'unit/files/import.test.ts'
const compiler = 'a compiler that %s is named with what to do'

const headers = 'unit/sql-revisions/header.test.ts'

/** Advice about files, and about what a program or its revisions import, which tests elsewhere follow. */
export const followedInFiles: { readonly [advice: string]: readonly Pointer[] } = {
  'Use the release that knows these revisions, or bring their files back. If they are those of another service, give this one bookkeeping tables of its own by the option `tables`.':
    [
      pointer(
        'unit/run/missing-file.test.ts',
        'of all of them: the history of another service is left to it, and tables of its own let this one run',
        'gives it tables of its own',
      ),
    ],
  'Move it to ……up.sql.': [
    pointer(headers, 'a file with the header of a revision; SQL without one is passed by', 'moves it'),
  ],
  'Resolve the conflict in the file, and remove the lines of git.': [
    pointer(headers, 'a conflict that git left %s', 'the error names the line'),
  ],
  'Leave the driver out of the bundle (esbuild: `--external:…`) and install it beside, or bundle the program as CommonJS (`--format=cjs`).':
    [
      pointer(
        'repository/packaging/bundled.test.ts',
        'a driver in a bundle of ES modules without `require`: the error names what helps, and both do',
        'does both',
      ),
    ],
  'Install `@org/migrate-core` where the program and its revisions are, or pass the revisions as values: `graphOf(revisions([…]))`. No revision was run.':
    [
      pointer(
        'repository/packaging/bundled.test.ts',
        'a service with SQLite is bundled as %s, and runs',
        'the revisions are values',
      ),
    ],
  'Install it, `npm install …`, or correct the import. No revision was run.': [
    pointer(
      files,
      'a package that is not found is to be installed; a bundle has neither ours nor a compiler',
      'the error names it',
    ),
  ],
  'Start Node with `--allow-addons` too: the compiler of TypeScript is an addon. No revision was run.': [
    pointer(files, compiler, 'the error names it'),
    pointer(
      'repository/packaging/permission.test.ts',
      'a service and the command line run with rights to their folder only',
      'starts Node with it',
    ),
  ],
  'Remove node_modules and install the packages again on this machine. No revision was run.': [
    pointer(files, compiler, 'the error names it'),
  ],
}
