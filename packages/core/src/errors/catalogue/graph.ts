/** Errors of the revision graph itself and of the words that name revisions. */
export interface GraphErrors {
  readonly SELF_LOOP: { readonly revision: string }
  readonly CYCLE: { readonly revisions: readonly string[] }
  readonly DEPENDENCY_SELF_LOOP: { readonly revision: string }
  readonly DEPENDENCY_CYCLE: { readonly revisions: readonly string[] }
  readonly DUPLICATE_REVISION: { readonly revision: string; readonly sources: readonly string[] }
  readonly DUPLICATE_LABEL: { readonly label: string; readonly revisions: readonly string[] }
  readonly ILLEGAL_REVISION_ID: { readonly revision: string; readonly why: string }
  readonly MISSING_PARENT: { readonly revision: string; readonly missing: string }
  readonly MISSING_DEPENDENCY: { readonly revision: string; readonly missing: string }
  readonly UNKNOWN_REVISION: { readonly target: string; readonly near: readonly string[] }
  readonly AMBIGUOUS_PREFIX: { readonly target: string; readonly matches: readonly string[] }
  readonly MULTIPLE_HEADS: {
    readonly target: string
    readonly heads: readonly string[]
    /** Where revisions come from files: that of each head, the first revision of its own line, and who changed the file last. */
    readonly sides?: readonly {
      readonly head: string
      readonly file: string
      readonly first?: string
      readonly author?: string
    }[]
  }
  readonly NO_SUCH_BRANCH: { readonly target: string; readonly branch: string }
  readonly NOT_IN_BRANCH: { readonly target: string; readonly branch: string; readonly revision: string }
  readonly AMBIGUOUS_WALK: { readonly target: string; readonly at: string; readonly choices: readonly string[] }
  readonly AMBIGUOUS_RELATIVE: { readonly target: string; readonly heads: readonly string[] }
  readonly RELATIVE_OUT_OF_RANGE: { readonly target: string; readonly why: string }
  readonly NOT_ANCESTOR: { readonly lower: string; readonly upper: string }
  readonly NOT_A_HEAD: { readonly revision: string; readonly heads: readonly string[] }
  readonly DUPLICATE_HEADS: { readonly revision: string }
}

export const graphRemedies: { readonly [C in keyof GraphErrors]: string } = {
  SELF_LOOP: 'Name another parent in downRevision, or null for a base.',
  CYCLE: 'Change the downRevision of one of them so that the parents lead to a base.',
  DEPENDENCY_SELF_LOOP: 'Remove the revision from its own dependsOn.',
  DEPENDENCY_CYCLE: 'Remove one of the dependsOn entries so that the revisions can be put in an order.',
  DUPLICATE_REVISION: 'Give one of the files another revision id; an id belongs to one file for ever.',
  DUPLICATE_LABEL: 'Give one of the revisions another label; a label may not equal an id either.',
  ILLEGAL_REVISION_ID: 'Use letters, digits, underscore and dot, 64 characters at most.',
  MISSING_PARENT: 'Bring the missing file back, or point downRevision to a revision that exists.',
  MISSING_DEPENDENCY: 'Bring the missing file back, or take the entry out of dependsOn.',
  UNKNOWN_REVISION: 'Run `migrate history` to see the revisions that exist.',
  AMBIGUOUS_PREFIX: 'Type more characters of the revision.',
  MULTIPLE_HEADS: 'Name one head, write `heads` for all of them, or join them with a merge revision.',
  NO_SUCH_BRANCH: 'Run `migrate heads --verbose` to see the branch labels.',
  NOT_IN_BRANCH: 'Leave the branch out, or name a revision that belongs to it.',
  AMBIGUOUS_WALK:
    'Name the revision to go to; downwards with the line that it is left by, as in `<revision>@<parent>`.',
  AMBIGUOUS_RELATIVE: 'Say in whose line, as in `<revision>@+1` or `<revision>@-1`.',
  RELATIVE_OUT_OF_RANGE: 'Use a smaller number of steps, or name the revision.',
  NOT_ANCESTOR: 'Give the older revision first.',
  NOT_A_HEAD: 'Start from a head, or allow a branch point with splice.',
  DUPLICATE_HEADS: 'Name each parent once.',
}
