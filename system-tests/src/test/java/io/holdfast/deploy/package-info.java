/**
 * What a platform team installs from: the Compose file, the Kubernetes manifests, the images and
 * the scripts beside them, checked against the services that they run.
 */
package io.holdfast.deploy;
