/** The part of the Standard Schema interface (standardschema.dev, version 1) that this library reads and implements. */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** What makes it one. */
  readonly '~standard': {
    /** The version of the interface. */
    readonly version: 1
    /** The library that the schema is of. */
    readonly vendor: string
    /** Checks a value, and gives what it parses to or what is wrong with it. */
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    /** Types only: what goes in and what comes out. Absent at run time. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** What `validate` gives: the value, or the issues. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** One thing that is wrong. */
export interface StandardIssue {
  /** In words. */
  readonly message: string
  /** Where in the value; the value itself where it is absent. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}
