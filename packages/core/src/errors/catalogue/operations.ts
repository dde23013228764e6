/** Errors of recording operations and of folding them over a schema. */
export interface OperationErrors {
  readonly INVALID_OPERATION: { readonly operation: string; readonly why: string }
  readonly INVALID_NAME: { readonly name: string; readonly why: string }
  readonly RECORDING_NOT_SYNCHRONOUS: {
    readonly revision: string
    /** What was called after recording had ended, where that is how it was noticed. */
    readonly operation?: string
  }
  readonly RECORDING_NOT_REPEATABLE: { readonly revision: string; readonly index: number }
  readonly DIALECT_NOT_DECLARED: { readonly dialect: string; readonly declared: readonly string[] }
  readonly OBJECT_MISSING: { readonly object: string }
  readonly OBJECT_EXISTS: { readonly object: string }
  readonly GUARD_MISMATCH: { readonly object: string; readonly differences: readonly string[] }
  readonly DEPENDENT_OBJECTS: { readonly object: string; readonly dependants: readonly string[] }
}

export const operationRemedies: { readonly [C in keyof OperationErrors]: string } = {
  INVALID_OPERATION: 'Fix the operation in the revision file.',
  INVALID_NAME: 'Use a name without control characters that is not empty and that the database does not reserve.',
  RECORDING_NOT_SYNCHRONOUS: 'Make upgrade and downgrade plain functions; do data work in op.run().',
  RECORDING_NOT_REPEATABLE: 'Take random values, clocks and environment out of upgrade and downgrade.',
  DIALECT_NOT_DECLARED: 'Add the dialect to op.on(), or an `otherwise`.',
  OBJECT_MISSING: 'Check the name, or guard the operation with ifExists where it takes that.',
  OBJECT_EXISTS: 'Check the name, or guard the operation with ifNotExists where it takes that.',
  GUARD_MISMATCH: 'Make the existing object equal to the declared one, or give the new one another name.',
  DEPENDENT_OBJECTS: 'Drop or change the dependants first, in the same revision.',
}
