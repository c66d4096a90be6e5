/** Why pictures of a source cannot be taken over as they are: the end of a sentence for a person. Ends no job: everything is encoded again then. */
export class Unfit extends Error {}
