/** Errors of options, configuration and the command line. */
export interface ProgramErrors {
  readonly INVALID_OPTION: { readonly option: string; readonly why: string }
  readonly NO_DATABASE: { readonly from: string; readonly variable?: string }
  readonly INVALID_URL: { readonly why: string; readonly supported: readonly string[] }
  readonly CONFIG_NOT_FOUND: { readonly searched: readonly string[] }
  readonly CONFIG_INVALID: { readonly file: string; readonly problems: readonly string[] }
  readonly CONFIG_FAILED: { readonly file: string; readonly why: string; readonly line?: number }
  readonly DIALECT_NOT_INSTALLED: { readonly dialect: string; readonly package: string }
  readonly DRIVER_NOT_BUILT: { readonly driver: string; readonly why: string }
  readonly NOT_BUILT: { readonly file: string }
  readonly ENDED_EARLY: { readonly how: 'exit' | 'uncaught' | 'unresolved' }
  readonly FILE_NOT_WRITTEN: { readonly file: string; readonly why: string }
  readonly OUTPUT_FAILED: { readonly why: string }
  readonly USAGE: { readonly problem: string }
  readonly INTERNAL: { readonly where: string }
}

export const programRemedies: { readonly [C in keyof ProgramErrors]: string } = {
  INVALID_OPTION: 'Correct the option.',
  NO_DATABASE: 'Name the database: --url, `url` in the configuration, or DATABASE_URL.',
  INVALID_URL: 'Use one of the supported forms, and percent-encode special characters of the password.',
  CONFIG_NOT_FOUND: 'Run `migrate init`, or name a file with --config.',
  CONFIG_INVALID: 'Correct the keys named above.',
  CONFIG_FAILED: 'Fix the configuration file.',
  DIALECT_NOT_INSTALLED: 'Install the package.',
  DRIVER_NOT_BUILT:
    'Install a C++ compiler, make and Python, then run `npm rebuild better-sqlite3`; or use Node 24, which brings SQLite along.',
  NOT_BUILT: 'Run `pnpm build`.',
  ENDED_EARLY:
    'Look in the configuration and the revisions for process.exit(), a promise that is never resolved or never awaited.',
  FILE_NOT_WRITTEN: 'Make the folder writable for this user, with room on the disk, or name another place.',
  OUTPUT_FAILED: 'Make room where the output goes; `migrate status` says where the database stands.',
  USAGE: 'Run the command with --help.',
  INTERNAL: 'This is a defect of the migrator: please report it with the stack.',
}
