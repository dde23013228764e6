/** Errors of comparing schemas, of writing revisions from the comparison and of taking over databases. */
export interface AutogenerateErrors {
  readonly REVISION_INCOMPLETE: { readonly what: string }
  readonly RENAME_UNANSWERED: { readonly candidates: readonly { readonly from: string; readonly to: string }[] }
  readonly SHADOW_REFUSED: { readonly why: string }
}

export const autogenerateRemedies: { readonly [C in keyof AutogenerateErrors]: string } = {
  REVISION_INCOMPLETE: 'Open the revision file and write the value in the place of toFillIn(…).',
  RENAME_UNANSWERED:
    'Say for each whether it is a rename: --rename <old>:<new>, --dropped <old>, or --no-renames for all.',
  SHADOW_REFUSED: 'Grant the right to create a shadow schema or database, or accept the comparison without the server.',
}
