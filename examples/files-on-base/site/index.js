console.log("hello from a folder");
