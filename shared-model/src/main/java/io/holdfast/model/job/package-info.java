/** The kinds of long work: what each is asked to do and what each returns. */
package io.holdfast.model.job;
