dimension "fit" {}
