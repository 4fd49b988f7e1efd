/** The part of the Standard Schema interface (standardschema.dev, version 1) that this library reads and implements. */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** The property that makes it one. */
  readonly '~standard': {
    /** The version of the interface. */
    readonly version: 1
    /** The library that the schema comes from. */
    readonly vendor: string
    /** Checks a value, and returns the parsed value or the issues. */
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    /** Types only: input and output. Absent at run time. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** The result of `validate`: the value, or the issues. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** One issue with the value. */
export interface StandardIssue {
  /** The issue as a sentence. */
  readonly message: string
  /** The path within the value; if absent, the value itself. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}
