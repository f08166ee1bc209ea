/** Pieces of SQL that several features need, said once. Knows no feature. */
package io.holdfast.api.sql;
